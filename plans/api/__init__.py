from plans.api.amendments import AmendmentAPI
from plans.api.events import EventAPI, InvitationAPI
from plans.api.evidence import EvidenceAPI
from plans.api.legal import LegalDocumentAPI
from plans.api.letters import ChasingLetterAPI
from plans.api.obstacles import ObstacleAPI
from plans.api.pilots import PilotUnitAPI
from plans.api.plans import PlanAPI
from plans.api.progress import ProgressUpdateAPI
from plans.api.reporting import DueReportAPI, ReportingPeriodAPI
from plans.api.tasks import TaskAPI

__all__ = [
    "AmendmentAPI",
    "ChasingLetterAPI",
    "DueReportAPI",
    "EventAPI",
    "EvidenceAPI",
    "InvitationAPI",
    "LegalDocumentAPI",
    "ObstacleAPI",
    "PilotUnitAPI",
    "PlanAPI",
    "ProgressUpdateAPI",
    "ReportingPeriodAPI",
    "TaskAPI",
]
