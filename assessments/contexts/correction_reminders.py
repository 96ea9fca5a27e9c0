"""Corrective actions and systems whose day comes, for those of the unit who work on them; checks that wait, for those
who check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import Reminder
from assessments.contexts.systems import ALIVE, system_rows
from assessments.models import CorrectiveAction, Qms
from assessments.permissions import CORRECTION_OWED
from plans.contexts.reminders import Reader
from units.permissions import Permission, Role

CHECKING = frozenset({Role.ASSESSOR, Role.PROGRAMME_OFFICER})


def correction_reminders(*, readers: Sequence[Reader], day: date) -> dict[int, list[Reminder]]:
    """The lines of each reader by their id. Six queries, however many there are."""
    lines: dict[int, list[Reminder]] = defaultdict(list)
    _to_finish(lines, readers, day)
    _to_check(lines, readers, day)
    _systems(lines, readers, day)
    return dict(lines)


def _to_finish(lines: dict[int, list[Reminder]], readers: Sequence[Reader], day: date) -> None:
    own = {reader.user_id: reader.own_units(Permission.CORRECTION_PLAN) for reader in readers}
    actions = CorrectiveAction.objects.filter(
        unit__in=set().union(*own.values()),
        state__in=CORRECTION_OWED,
        due_on__in=set().union(*(reader.due_days for reader in readers)),
    )
    for action in actions.select_related("unit").order_by("due_on", "pk"):
        if (due_on := action.due_on) is None:
            continue
        for reader in readers:
            if due_on in reader.due_days and action.unit_id in own[reader.user_id]:
                lines[reader.user_id].append(
                    Reminder(
                        heading=_("Corrective actions to plan or finish"),
                        text=f"{action.reference} {action.title} ({action.unit.label})",
                        url=reverse("assessments:corrective_action", args=[action.pk]),
                        due_on=due_on,
                        days=(due_on - day).days,
                    )
                )


def _to_check(lines: dict[int, list[Reminder]], readers: Sequence[Reader], day: date) -> None:
    """What was reported as done on its day or late, and nobody has looked at; not of one's own unit."""
    actions = CorrectiveAction.objects.filter(
        state=CorrectiveAction.State.DONE, due_on__in=set().union(*(reader.due_days for reader in readers))
    )
    for action in actions.select_related("unit").order_by("due_on", "pk"):
        if (due_on := action.due_on) is None:
            continue
        for reader in readers:
            inside = any(each.unit_id == action.unit_id for each in reader.roles)
            if due_on in reader.due_days and not inside and reader.reaches(action.unit.path, CHECKING):
                lines[reader.user_id].append(
                    Reminder(
                        heading=_("Corrective actions to check"),
                        text=f"{action.reference} {action.title} ({action.unit.label})",
                        url=reverse("assessments:corrective_action", args=[action.pk]),
                        due_on=due_on,
                        days=(due_on - day).days,
                    )
                )


def _systems(lines: dict[int, list[Reminder]], readers: Sequence[Reader], day: date) -> None:
    own = {reader.user_id: reader.own_units(Permission.QMS_EDIT) for reader in readers}
    systems = Qms.objects.filter(unit__in=set().union(*own.values()), phase__in=[*ALIVE, Qms.Phase.ESTABLISHING])
    for row in system_rows(systems.order_by("pk"), today=timezone.localdate()):
        for due in row.dues:
            for reader in readers:
                if due.due_on in reader.due_days and row.qms.unit_id in own[reader.user_id]:
                    lines[reader.user_id].append(
                        Reminder(
                            heading=_("Steps of quality management systems"),
                            text=f"{due.name} ({row.qms.unit.label})",
                            url=reverse("assessments:system", args=[row.qms.pk]),
                            due_on=due.due_on,
                            days=(due.due_on - day).days,
                        )
                    )
