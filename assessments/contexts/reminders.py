"""Score sheets that are not complete when their round is about to close, or has closed: for those who score them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import Reminder
from assessments.models import Assessment, Criterion
from plans.contexts.reminders import Reader
from units.permissions import Permission


def sheet_reminders(*, readers: Sequence[Reader], day: date) -> dict[int, list[Reminder]]:
    """The lines of each reader by their id. One query. A round that closes at midnight was open for the last time on
    the day before."""
    own = {reader.user_id: reader.own_units(Permission.ASSESSMENT_SCORE) for reader in readers}
    days = set().union(*(reader.due_days for reader in readers))
    unfinished = (
        Assessment.objects.filter(
            unit__in=set().union(*own.values()),
            round__closes_at__date__in=days | {each + timedelta(days=1) for each in days},
        )
        .annotate(
            expected=Count(
                "round__criteria_set__criteria",
                filter=~Q(round__criteria_set__criteria__scoring=Criterion.Scoring.GROUP),
            )
        )
        .filter(scored__lt=F("expected"))
        .select_related("round", "unit")
        .order_by("round__closes_at", "pk")
    )
    lines: dict[int, list[Reminder]] = defaultdict(list)
    for sheet in unfinished:
        last = timezone.localtime(sheet.round.closes_at - timedelta(microseconds=1)).date()
        for reader in readers:
            if last in reader.due_days and sheet.unit_id in own[reader.user_id]:
                lines[reader.user_id].append(
                    Reminder(
                        heading=_("Score sheets to fill in"),
                        text=f"{sheet.round.title} ({sheet.unit.label})",
                        url=reverse("assessments:sheet", args=[sheet.pk]),
                        due_on=last,
                        days=(last - day).days,
                    )
                )
    return dict(lines)
