from plans.api.legal import LegalDocumentAPI
from plans.api.plans import PlanAPI
from plans.api.progress import ProgressUpdateAPI
from plans.api.tasks import TaskAPI

__all__ = ["LegalDocumentAPI", "PlanAPI", "ProgressUpdateAPI", "TaskAPI"]
