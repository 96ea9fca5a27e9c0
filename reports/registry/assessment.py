from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment
from reports.contexts import assessment_report
from reports.registry.kind import ReportKind
from units.permissions import Permission

KIND = ReportKind(
    slug="assessment",
    title=_("Result of an assessment"),
    description=_(
        "A unit's score sheet with the arithmetic of every total, or with its traffic lights by quadrant: as "
        "an administrative document or as a workbook."
    ),
    choose_label=_("Choose a score sheet"),
    choose="assessments:list",
    icon="clipboard-check",
    parameter="assessment",
    subjects=lambda: Assessment.objects.with_sheet_head().select_related(
        "unit__parent", "round__criteria_set__standard", "round__unit"
    ),
    view=Permission.ASSESSMENT_VIEW,
    compose=assessment_report,
    formats=("pdf", "docx", "xlsx"),
    template="reports/assessment.html",
)
