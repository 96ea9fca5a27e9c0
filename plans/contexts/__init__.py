"""What pages, reports and the API read of plans: frozen values, no HTTP, a constant number of queries.

`plan_progress(plan=, user=, as_of=)` -> `PlanProgress` is the one arithmetic of progress and lateness.
"""

from plans.contexts.lateness import LateItem, late_items
from plans.contexts.progress import (
    PerformerProgress,
    PlanProgress,
    TaskProgress,
    mean,
    plan_progress,
    plans_progress,
    state_of,
)
from plans.contexts.schedule import Gantt, schedule

__all__ = [
    "Gantt",
    "LateItem",
    "PerformerProgress",
    "PlanProgress",
    "TaskProgress",
    "late_items",
    "mean",
    "plan_progress",
    "plans_progress",
    "schedule",
    "state_of",
]
