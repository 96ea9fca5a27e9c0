"""Files that belong to an event: slides, the agenda as sent, lists, pictures."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from activity.services import record
from plans.models import Event, Evidence
from plans.permissions import EventAct
from plans.services.events import require_state
from plans.services.standing import require_open
from units.models import User


@transaction.atomic
def add_materials(*, event: Event, files: Iterable[Evidence], by: User) -> list[Evidence]:
    """Attach kept files to an event; one that is attached already stays. Raises PlanIsClosed, NotInThisState."""
    plan = require_open(event.plan)
    event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    require_state(event, EventAct.ADD_MATERIAL)
    attached = set(event.materials.values_list("pk", flat=True))
    new = [file for file in dict.fromkeys(files) if file.pk not in attached]
    if new:
        event.materials.add(*new)
        record(
            by=by,
            action="plans.materials_added",
            target=event,
            unit_path=plan.unit.path,
            changes={"materials": [None, [str(file) for file in new]]},
        )
    return new


@transaction.atomic
def remove_material(*, event: Event, file: Evidence, by: User) -> None:
    """Take a file off an event; the file itself stays among its unit's. Raises PlanIsClosed, NotInThisState."""
    plan = require_open(event.plan)
    event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    require_state(event, EventAct.ADD_MATERIAL)
    if event.materials.filter(pk=file.pk).exists():
        event.materials.remove(file)
        record(
            by=by,
            action="plans.material_removed",
            target=event,
            unit_path=plan.unit.path,
            changes={"materials": [str(file), None]},
        )
