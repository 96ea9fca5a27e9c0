"""Visits of inspections whose day comes, for the unit and the team; for the team also those that nobody recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from activity.services import Reminder
from assessments.models import Visit
from plans.contexts.reminders import Reader
from units.permissions import Permission


def visit_reminders(*, readers: Sequence[Reader], day: date) -> dict[int, list[Reminder]]:
    """The lines of each reader by their id. Two queries, however many there are."""
    own = {reader.user_id: reader.own_units(Permission.ASSESSMENT_SCORE) for reader in readers}
    visits = (
        Visit.objects.filter(
            state=Visit.State.PLANNED,
            inspection__closed_at=None,
            planned_on__in=set().union(*(reader.due_days for reader in readers)),
        )
        .select_related("unit", "inspection")
        .prefetch_related("inspection__members")
        .order_by("planned_on", "pk")
    )
    lines: dict[int, list[Reminder]] = defaultdict(list)
    for visit in visits:
        team = {each.user_id for each in visit.inspection.members.all()}
        for reader in readers:
            visited = visit.planned_on >= day and visit.unit_id in own[reader.user_id]
            if visit.planned_on in reader.due_days and (visited or reader.user_id in team):
                lines[reader.user_id].append(
                    Reminder(
                        heading=_("Visits of inspections"),
                        text=f"{visit.inspection.title}: {visit.unit.label} ({visit.get_form_display().lower()})",
                        url=reverse("assessments:visit", args=[visit.pk]),
                        due_on=visit.planned_on,
                        days=(visit.planned_on - day).days,
                    )
                )
    return dict(lines)
