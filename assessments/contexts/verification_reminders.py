"""Phases that close soon, for those who still have something to do in them: assessors, and units that may appeal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.services import Reminder
from assessments.models import Assessment, Assignment, Round
from plans.contexts.reminders import Reader
from units.permissions import Permission

AT_WORK = (Assessment.State.SUBMITTED, Assessment.State.VERIFYING)


def verification_reminders(*, readers: Sequence[Reader], day: date) -> dict[int, list[Reminder]]:
    """The lines of each reader by their id. Two queries."""
    lines: dict[int, list[Reminder]] = defaultdict(list)
    days = set().union(*(reader.due_days for reader in readers))
    _assessors(lines, readers, days, day)
    _units(lines, readers, days, day)
    return dict(lines)


def _last(closes_at: datetime) -> date:
    """A phase that closes at midnight was open for the last time on the day before."""
    return timezone.localtime(closes_at - timedelta(microseconds=1)).date()


def _assessors(lines: dict[int, list[Reminder]], readers: Sequence[Reader], days: set[date], day: date) -> None:
    """One line a round, with how many sheets are not finished."""
    work = Assignment.objects.filter(
        assessor__in=[reader.user_id for reader in readers],
        finished_at=None,
        assessment__state__in=AT_WORK,
        assessment__round__verify_closes_at__date__in=days | {each + timedelta(days=1) for each in days},
    ).select_related("assessment__round")
    counted: Counter[tuple[int, int]] = Counter()
    rounds: dict[int, Round] = {}
    for assignment in work:
        counted[assignment.assessor_id, assignment.assessment.round_id] += 1
        rounds[assignment.assessment.round_id] = assignment.assessment.round
    for reader in readers:
        for (assessor, pk), count in counted.items():
            closes_at = rounds[pk].verify_closes_at
            if assessor != reader.user_id or closes_at is None or (last := _last(closes_at)) not in reader.due_days:
                continue
            text = ngettext("%(round)s: %(count)d sheet to verify", "%(round)s: %(count)d sheets to verify", count) % {
                "round": rounds[pk].title,
                "count": count,
            }
            url = reverse("assessments:verification")
            heading = _("Sheets to verify")
            lines[reader.user_id].append(
                Reminder(heading=heading, text=text, url=url, due_on=last, days=(last - day).days)
            )


def _units(lines: dict[int, list[Reminder]], readers: Sequence[Reader], days: set[date], day: date) -> None:
    """Those who score for a unit that has its preliminary result and may appeal."""
    own = {reader.user_id: reader.own_units(Permission.ASSESSMENT_SCORE) for reader in readers}
    sheets = (
        Assessment.objects.filter(
            unit__in=set().union(*own.values()),
            state=Assessment.State.PRELIMINARY,
            round__appeal_closes_at__date__in=days | {each + timedelta(days=1) for each in days},
        )
        .select_related("round", "unit")
        .order_by("pk")
    )
    for sheet in sheets:
        closes_at = sheet.round.appeal_closes_at
        if closes_at is None:
            continue
        last = _last(closes_at)
        for reader in readers:
            if last in reader.due_days and sheet.unit_id in own[reader.user_id]:
                lines[reader.user_id].append(
                    Reminder(
                        heading=_("Appeals may be sent"),
                        text=f"{sheet.round.title} ({sheet.unit.label})",
                        url=reverse("assessments:appeals", args=[sheet.pk]),
                        due_on=last,
                        days=(last - day).days,
                    )
                )
