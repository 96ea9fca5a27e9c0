from plans.api.plans import PlanAPI
from plans.api.progress import ProgressUpdateAPI
from plans.api.tasks import TaskAPI

__all__ = ["PlanAPI", "ProgressUpdateAPI", "TaskAPI"]
