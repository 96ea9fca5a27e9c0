from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reports.contexts.corrective_actions import correction_report
from reports.registry.kind import ReportKind
from units.models import Unit
from units.permissions import Permission

KIND = ReportKind(
    slug="corrective-actions",
    title=_("Report on corrective actions"),
    description=_("What is being corrected: by unit and age, what is overdue, and one by one with cause and action."),
    choose_label=_("Choose a unit"),
    choose="assessments:corrective_actions",
    icon="wrench",
    parameter="unit",
    subjects=lambda: Unit.objects.select_related("parent"),
    view=Permission.ASSESSMENT_VIEW,
    compose=correction_report,
    formats=("pdf", "docx", "xlsx"),
)
