"""Pages of criteria sets."""

from assessments.views.criteria.comparing import diff, mapping
from assessments.views.criteria.editing import (
    criterion_add,
    criterion_edit,
    criterion_move,
    criterion_remove,
    edit,
    policy,
    preview,
    questions,
)
from assessments.views.criteria.files import export, upload
from assessments.views.criteria.pages import act, begin, criteria, criteria_list, new

__all__ = [
    "act",
    "begin",
    "criteria",
    "criteria_list",
    "criterion_add",
    "criterion_edit",
    "criterion_move",
    "criterion_remove",
    "diff",
    "edit",
    "export",
    "mapping",
    "new",
    "policy",
    "preview",
    "questions",
    "upload",
]
