from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reports.contexts.obstacles import obstacle_report
from reports.registry.kind import ReportKind
from units.models import Unit
from units.permissions import Permission

KIND = ReportKind(
    slug="obstacles",
    title=_("Report on obstacles"),
    description=_(
        "What stands in the way of tasks and is not closed: by level and age, and one by one with the last answer."
    ),
    choose_label=_("Choose a unit"),
    choose="plans:obstacles",
    icon="construction",
    parameter="unit",
    subjects=lambda: Unit.objects.select_related("parent"),
    view=Permission.PLAN_VIEW,
    compose=obstacle_report,
    formats=("pdf", "docx", "xlsx"),
)
