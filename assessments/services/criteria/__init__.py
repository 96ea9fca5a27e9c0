"""Criteria sets: draft, published, retired; in files and out of them."""

from assessments.services.criteria.documents import DocumentInvalid, parse, read_document
from assessments.services.criteria.drafts import (
    BaseIsDraft,
    NotAProvince,
    begin_draft,
    begin_set,
    discard_draft,
    edit_head,
    edit_mapping,
    edit_policy,
    replace_content,
)
from assessments.services.criteria.files import BUNDLED, CriteriaFileInvalid, load_criteria_set
from assessments.services.criteria.publishing import changed_since_published, publish, retire
from assessments.services.criteria.questions import NoIndicators, add_default_questions
from assessments.services.criteria.standing import (
    CannotPublish,
    CriteriaRefused,
    CriterionInvalid,
    DraftExists,
    LockedRows,
    NotADraft,
    NotInForce,
    PolicyInvalid,
    StaleDraft,
    edits,
)
from assessments.services.criteria.tree import (
    Move,
    add_criterion,
    change_criterion,
    move_criterion,
    remove_criterion,
)

__all__ = [
    "BUNDLED",
    "BaseIsDraft",
    "CannotPublish",
    "CriteriaFileInvalid",
    "CriteriaRefused",
    "CriterionInvalid",
    "DocumentInvalid",
    "DraftExists",
    "LockedRows",
    "Move",
    "NoIndicators",
    "NotADraft",
    "NotAProvince",
    "NotInForce",
    "PolicyInvalid",
    "StaleDraft",
    "add_criterion",
    "add_default_questions",
    "begin_draft",
    "begin_set",
    "change_criterion",
    "changed_since_published",
    "discard_draft",
    "edit_head",
    "edit_mapping",
    "edit_policy",
    "edits",
    "load_criteria_set",
    "move_criterion",
    "parse",
    "publish",
    "read_document",
    "remove_criterion",
    "replace_content",
    "retire",
]
