from plans.models.amendment import Amendment
from plans.models.calendar import CalendarFeed, DayOff
from plans.models.chasing import ChasedItem, ChasingLetter, ChasingRun, RegisterNumber
from plans.models.event import Conclusion, Event, Invitation
from plans.models.evidence import Evidence
from plans.models.legal import LegalAlias, LegalDocument
from plans.models.obstacle import AnswerDeadline, Obstacle, ObstacleStep
from plans.models.pilot import PilotPhase, PilotUnit
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
from plans.models.reporting import DueReport, ReportingPeriod
from plans.models.task import Deliverable, Task, TaskDependency, TaskPerformer, TaskTarget

__all__ = [
    "Amendment",
    "AnswerDeadline",
    "CalendarFeed",
    "ChasedItem",
    "ChasingLetter",
    "ChasingRun",
    "Conclusion",
    "DayOff",
    "Deliverable",
    "DueReport",
    "Event",
    "Evidence",
    "Funding",
    "Invitation",
    "LegalAlias",
    "LegalBasis",
    "LegalDocument",
    "Obstacle",
    "ObstacleStep",
    "Passage",
    "PilotPhase",
    "PilotUnit",
    "Plan",
    "PlanQuerySet",
    "ProgressUpdate",
    "Recipient",
    "RegisterNumber",
    "ReportingPeriod",
    "Responsibility",
    "Section",
    "SignatureLine",
    "Standard",
    "Task",
    "TaskDependency",
    "TaskPerformer",
    "TaskTarget",
    "UnrecognisedLine",
]
