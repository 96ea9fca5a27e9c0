from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.models import Round
from reports.contexts.comparison import comparison_report
from reports.registry.kind import ReportKind
from units.permissions import Permission

KIND = ReportKind(
    slug="comparison",
    title=_("Comparison of results"),
    description=_(
        "The units of a round against the round before, with a heat map of units by criteria; as a workbook, every "
        "criterion of every unit with all its stages."
    ),
    choose_label=_("Compare results"),
    choose="assessments:compare",
    icon="chart-column",
    parameter="round",
    subjects=lambda: Round.objects.select_related("unit__parent", "criteria_set__standard"),
    view=Permission.ASSESSMENT_VIEW,
    compose=comparison_report,
    formats=("pdf", "xlsx"),
    template="reports/comparison.html",
)
