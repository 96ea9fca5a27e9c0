from plans.models.plan import (
    Funding,
    LegalBasis,
    Passage,
    Plan,
    PlanQuerySet,
    Recipient,
    Responsibility,
    Section,
    SignatureLine,
    Standard,
    UnrecognisedLine,
)
from plans.models.progress import ProgressUpdate
from plans.models.task import Task, TaskPerformer

__all__ = [
    "Funding",
    "LegalBasis",
    "Passage",
    "Plan",
    "PlanQuerySet",
    "ProgressUpdate",
    "Recipient",
    "Responsibility",
    "Section",
    "SignatureLine",
    "Standard",
    "Task",
    "TaskPerformer",
    "UnrecognisedLine",
]
