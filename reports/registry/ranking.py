from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assessments.contexts.ranking import sees_ranking
from assessments.models import Round
from reports.contexts.ranking import RankingReport, ranking_report
from reports.registry.kind import ReportKind
from reports.registry.options import NoAccess
from units.models import User
from units.permissions import Permission


def compose(round_: Round, *, user: User) -> RankingReport:
    """A draft is for those who assess, manage and approve. Raises NoAccess."""
    if not sees_ranking(user, round_):
        raise NoAccess
    return ranking_report(round_, user=user)


KIND = ReportKind(
    slug="ranking",
    title=_("Ranking of a round"),
    description=_(
        "Places, totals and grades of the units of a round, by ranking group: as a draft for those who approve, or as "
        "it was published by a decision."
    ),
    choose_label=_("Choose a round"),
    choose="assessments:list",
    icon="list-ordered",
    parameter="round",
    subjects=lambda: Round.objects.select_related("unit__parent", "criteria_set__standard"),
    view=Permission.ASSESSMENT_VIEW,
    compose=compose,
    formats=("pdf", "docx", "xlsx"),
)
