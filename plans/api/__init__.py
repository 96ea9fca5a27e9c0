from plans.api.events import EventAPI, InvitationAPI
from plans.api.legal import LegalDocumentAPI
from plans.api.letters import ChasingLetterAPI
from plans.api.plans import PlanAPI
from plans.api.progress import ProgressUpdateAPI
from plans.api.tasks import TaskAPI

__all__ = [
    "ChasingLetterAPI",
    "EventAPI",
    "InvitationAPI",
    "LegalDocumentAPI",
    "PlanAPI",
    "ProgressUpdateAPI",
    "TaskAPI",
]
