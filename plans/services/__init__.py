"""Every change of a plan: import, issue, report, assign. Keyword-only, atomic, recorded in the log."""

from plans.services.importing import AlreadyImported, import_document
from plans.services.issuing import AlreadyIssued, CannotIssue, DateContradictsPaper, issue_plan
from plans.services.matching import day_of, find_unit_for
from plans.services.progress import (
    AlreadyPerforms,
    MayNotReport,
    NotAPerformer,
    OutsideThePlan,
    PercentOutOfRange,
    assign_unit,
    report_progress,
)
from plans.services.standing import PlanIsClosed, require_open

__all__ = [
    "AlreadyImported",
    "AlreadyIssued",
    "AlreadyPerforms",
    "CannotIssue",
    "DateContradictsPaper",
    "MayNotReport",
    "NotAPerformer",
    "OutsideThePlan",
    "PercentOutOfRange",
    "PlanIsClosed",
    "assign_unit",
    "day_of",
    "find_unit_for",
    "import_document",
    "issue_plan",
    "report_progress",
    "require_open",
]
