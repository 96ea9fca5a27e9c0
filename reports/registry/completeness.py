from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from plans.models import Plan
from reports.contexts.completeness import MOST_PAGES, completeness_report
from reports.registry.kind import ReportKind
from reports.registry.options import Choice
from units.permissions import Permission

KIND = ReportKind(
    slug="completeness",
    title=_("Completeness board"),
    description=_("Which units have reported for which periods and which have not, as the board on screen shows it."),
    choose_label=_("Open the board"),
    choose="plans:board",
    icon="table-2",
    parameter="plan",
    subjects=lambda: Plan.objects.select_related("unit__parent"),
    view=Permission.PLAN_VIEW,
    compose=completeness_report,
    formats=("xlsx",),
    options=(
        Choice(
            name="rows",
            label=_("Units"),
            default="all",
            choices=[("all", _("All")), ("late", _("Only units with an overdue report"))],
        ),
        Choice(
            name="page",
            label=_("Twelve periods, the latest first"),
            default="1",
            choices=[(str(number), str(number)) for number in range(1, MOST_PAGES + 1)],
        ),
    ),
    template="reports/completeness.html",
)
