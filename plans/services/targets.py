"""Groups of units become the units they mean on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from activity.services import record
from plans.contexts.targets import Resolution, resolution
from plans.models import DueReport, Task, TaskPerformer, TaskTarget
from plans.services.standing import require_open
from plans.services.told import reporters_of
from units.models import Unit, User

NAMED = 20  # units that the log names; of more it says how many


class NoKindChosen(Exception):
    def __str__(self) -> str:
        return _("Choose at least one kind of unit.")


class NobodyMeant(Exception):
    def __init__(self, as_of: date) -> None:
        self.as_of = as_of

    def __str__(self) -> str:
        return _(
            "No unit of these kinds existed in the province on %(day)s. Choose other kinds, or a day on which they "
            "existed: there is no district level after 30/6/2025."
        ) % {"day": f"{self.as_of.day}/{self.as_of.month}/{self.as_of.year}"}


@transaction.atomic
def resolve_target(
    *, task: Task, text: str, kinds: Sequence[str], as_of: date, role: str, by: User | None
) -> tuple[TaskTarget, Resolution]:
    """Let every unit of `kinds` that exists in the plan's province on `as_of` perform `task` for the group `text`.

    Doing it again for a later day adds the units that are new and takes away those that ended without a report; who has
    reported stays. Those who report for a new unit are told. Raises PlanIsClosed, NoKindChosen, NobodyMeant.
    """
    plan = require_open(task.plan)  # locked: two who resolve at once do not assign twice
    known = [kind for kind in Unit.Kind.values if kind in set(kinds)]
    if not known:
        raise NoKindChosen
    text = text.strip()[:300]
    found = resolution(task=task, text=text, kinds=known, as_of=as_of)
    if not found.total:
        raise NobodyMeant(as_of)
    target, _created = TaskTarget.objects.update_or_create(
        task=task, text=text, defaults={"kinds": known, "role": TaskPerformer.Role(role).value, "as_of": as_of}
    )
    last = task.performers.aggregate(last=Max("order"))["last"]
    TaskPerformer.objects.bulk_create(
        TaskPerformer(
            task=task, order=order, unit=unit, role=target.role, text=unit.label, as_written=False, target=target
        )
        for order, unit in enumerate(found.added, start=0 if last is None else last + 1)
    )
    dropped = [unit.pk for unit in found.dropped]
    DueReport.objects.filter(task=task, unit__in=dropped, latest=None).delete()
    TaskPerformer.objects.filter(task=task, target=target, unit__in=dropped).delete()
    record(
        by=by,
        action="plans.target_resolved",
        target=task,
        unit_path=plan.unit.path,
        changes={
            "group": [None, text],
            "as_of": [None, as_of.isoformat()],
            "added": [None, _names(found.added)],
            "removed": [_names(found.dropped), None],
        },
        notify=reporters_of(found.added),
    )
    return target, found


def _names(units: Sequence[Unit]) -> str:
    named = ", ".join(unit.label for unit in units[:NAMED])
    return f"{named} … (+{len(units) - NAMED})" if len(units) > NAMED else named
