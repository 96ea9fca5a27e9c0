from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment
from reports.contexts.appeal_outcome import appeal_outcome
from reports.registry.kind import ReportKind
from units.permissions import Permission

KIND = ReportKind(
    slug="appeal-outcome",
    title=_("Outcome of appeals"),
    description=_("What a unit appealed and what was decided, as a notice in the form of Nghị định 30/2020/NĐ-CP."),
    choose_label=_("Choose a score sheet"),
    choose="assessments:list",
    icon="scale",
    parameter="assessment",
    subjects=lambda: Assessment.objects.with_sheet_head().select_related(
        "unit__parent", "round__criteria_set__standard", "round__unit__parent"
    ),
    view=Permission.ASSESSMENT_VIEW,
    compose=appeal_outcome,
    formats=("pdf", "docx"),
)
