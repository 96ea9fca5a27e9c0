from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.models import Round
from reports.contexts.round_progress import round_progress_report
from reports.registry.kind import ReportKind
from units.permissions import Permission

KIND = ReportKind(
    slug="round-progress",
    title=_("Progress of a round"),
    description=_("How many sheets of a round are in which state, and each unit with its assessors and what is late."),
    choose_label=_("Choose a round"),
    choose="assessments:round_list",
    icon="list-checks",
    parameter="round",
    subjects=lambda: Round.objects.select_related("unit__parent", "criteria_set"),
    view=Permission.ASSESSMENT_VIEW,
    compose=round_progress_report,
    formats=("pdf", "docx", "xlsx"),
)
