from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from plans.models import Plan
from reports.contexts import progress_report
from reports.registry.kind import ReportKind
from units.permissions import Permission

KIND = ReportKind(
    slug="progress",
    title=_("Report on the progress of a plan"),
    description=_(
        "Tasks done, under way and overdue, what the units reported and, for those who may see it, the money: "
        "as an administrative document with a schedule by month, or as a workbook."
    ),
    choose_label=_("Choose a plan"),
    choose="plans:list",
    icon="clipboard-list",
    parameter="plan",
    subjects=lambda: Plan.objects.select_related("unit__parent"),
    view=Permission.PLAN_VIEW,
    compose=progress_report,
    formats=("pdf", "docx", "xlsx"),
    template="reports/progress.html",
)
