from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment, CriteriaSet
from reports.contexts.diagnosis import diagnosis_report
from reports.registry.kind import ReportKind
from units.permissions import Permission

KIND = ReportKind(
    slug="diagnosis",
    title=_("ISO 18091 diagnosis"),
    description=_(
        "A unit's indicators before and after, with the wheel, by quadrant and by sustainable development goal, and "
        "the reasons of lights that were set by hand."
    ),
    choose_label=_("Choose a diagnosis"),
    choose="assessments:diagnosis_list",
    icon="compass",
    parameter="assessment",
    subjects=lambda: (
        Assessment.objects.filter(round__criteria_set__scale=CriteriaSet.Scale.RAG)
        .with_sheet_head()
        .select_related("unit__parent", "round__criteria_set__standard", "round__unit", "round__plan")
    ),
    view=Permission.ASSESSMENT_VIEW,
    compose=diagnosis_report,
    formats=("pdf", "docx", "xlsx"),
)
