from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.models import Inspection, Visit
from reports.contexts.inspection import inspection_minutes
from reports.contexts.inspection_results import inspection_results
from reports.registry.kind import ReportKind
from units.permissions import Permission

MINUTES = ReportKind(
    slug="inspection-minutes",
    title=_("Minutes of an inspection"),
    description=_(
        "What the team found in one unit, for both sides to sign, in the form of Nghị định 30/2020/NĐ-CP; a draft "
        "until it is signed."
    ),
    choose_label=_("Choose an inspection"),
    choose="assessments:inspection_list",
    icon="notebook-pen",
    parameter="visit",
    subjects=lambda: Visit.objects.select_related("unit", "inspection__unit__parent"),
    view=Permission.ASSESSMENT_VIEW,
    compose=inspection_minutes,
    formats=("pdf", "docx"),
)
RESULTS = ReportKind(
    slug="inspection-results",
    title=_("Results of an inspection"),
    description=_("All visits of an inspection: results by question, and findings by kind."),
    choose_label=_("Choose an inspection"),
    choose="assessments:inspection_list",
    icon="search-check",
    parameter="inspection",
    subjects=lambda: Inspection.objects.select_related("unit__parent"),
    view=Permission.ASSESSMENT_VIEW,
    compose=inspection_results,
    formats=("pdf", "xlsx"),
)
