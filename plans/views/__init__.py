from plans.views.documents import plan_import
from plans.views.plans import plan_detail, plan_list
from plans.views.tasks import task_assign, task_detail

__all__ = ["plan_detail", "plan_import", "plan_list", "task_assign", "task_detail"]
