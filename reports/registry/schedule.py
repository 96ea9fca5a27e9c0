from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from plans.models import Plan
from reports.contexts.schedule import schedule_report
from reports.registry.kind import ReportKind
from reports.registry.options import PAPER, Choice
from units.permissions import Permission

KIND = ReportKind(
    slug="schedule",
    title=_("Schedule of a plan"),
    description=_(
        "The tasks of a plan as bars by month or by week, with who performs them and what waits for what: to print "
        "across A4 or A3, or as a workbook with a cell for every month."
    ),
    choose_label=_("Choose a plan"),
    choose="plans:list",
    icon="calendar-range",
    parameter="plan",
    subjects=lambda: Plan.objects.select_related("unit__parent").prefetch_related(
        "passages", "recipients", "signature_lines"
    ),
    view=Permission.PLAN_VIEW,
    compose=schedule_report,
    formats=("pdf", "xlsx"),
    options=(
        Choice(
            name="by", label=_("Columns"), default="month", choices=[("month", _("By month")), ("week", _("By week"))]
        ),
        PAPER,
    ),
    template="reports/schedule.html",
)
