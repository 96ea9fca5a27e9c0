"""What a sheet says, worked out once: page, report (HTML, PDF, XLSX) and API all read these and nothing else."""

from __future__ import annotations

from assessments.contexts.controls import Control, Option
from assessments.contexts.criteria import CriterionLine, criteria_tree
from assessments.contexts.late_sheets import late_sheets
from assessments.contexts.lines import ScoreLine
from assessments.contexts.result import AssessmentResult, GroupResult, assessment_result
from assessments.contexts.rules import SheetRules, rules_of, sheet_rules
from assessments.contexts.sheet import SheetContext, round_state, sheet_context
from assessments.contexts.wording import answer_text, arithmetic_text, refusal_text

__all__ = [
    "AssessmentResult",
    "Control",
    "CriterionLine",
    "GroupResult",
    "Option",
    "ScoreLine",
    "SheetContext",
    "SheetRules",
    "answer_text",
    "arithmetic_text",
    "assessment_result",
    "criteria_tree",
    "late_sheets",
    "refusal_text",
    "round_state",
    "rules_of",
    "sheet_context",
    "sheet_rules",
]
