from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reports.contexts.qms_overview import qms_report
from reports.registry.kind import ReportKind
from units.models import Unit
from units.permissions import Permission

KIND = ReportKind(
    slug="qms-overview",
    title=_("Overview of quality management systems"),
    description=_("How far the units are with their systems: by phase and kind of unit, and what is overdue."),
    choose_label=_("Choose a unit"),
    choose="assessments:systems",
    icon="shield-check",
    parameter="unit",
    subjects=lambda: Unit.objects.select_related("parent"),
    view=Permission.ASSESSMENT_VIEW,
    compose=qms_report,
    formats=("pdf", "docx", "xlsx"),
)
