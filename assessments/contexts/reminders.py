"""Score sheets that are not submitted when their time is about to end, or has ended: for those who score or submit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from activity.services import Reminder
from assessments.contexts.deadlines import WITH_UNIT, last_day, with_deadline
from assessments.models import Assessment, Round
from plans.contexts.reminders import Reader
from units.permissions import Permission


def sheet_reminders(*, readers: Sequence[Reader], day: date) -> dict[int, list[Reminder]]:
    """The lines of each reader by their id. One query. Time that ends at midnight was there for the last time on the
    day before; an extension moves the day. What waits for the head of the unit is told to the head alone."""
    scores = {reader.user_id: reader.own_units(Permission.ASSESSMENT_SCORE) for reader in readers}
    submits = {reader.user_id: reader.own_units(Permission.ASSESSMENT_SUBMIT) for reader in readers}
    days = set().union(*(reader.due_days for reader in readers))
    sheets = Assessment.objects.filter(
        unit__in=set().union(*scores.values()), state__in=WITH_UNIT, round__state=Round.State.RUNNING
    )
    unsubmitted = (
        with_deadline(sheets)
        .filter(ends__date__in=days | {each + timedelta(days=1) for each in days})
        .select_related("round", "unit")
        .order_by("ends", "pk")
    )
    lines: dict[int, list[Reminder]] = defaultdict(list)
    for sheet in unsubmitted:
        last = last_day(sheet.ends)
        at_head = sheet.state == Assessment.State.HEAD_REVIEW
        heading = _("Score sheets to submit") if at_head else _("Score sheets to fill in")
        concerned = submits if at_head else scores
        for reader in readers:
            if last in reader.due_days and sheet.unit_id in concerned[reader.user_id]:
                lines[reader.user_id].append(
                    Reminder(
                        heading=heading,
                        text=f"{sheet.round.title} ({sheet.unit.label})",
                        url=reverse("assessments:sheet", args=[sheet.pk]),
                        due_on=last,
                        days=(last - day).days,
                    )
                )
    return dict(lines)
