from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.db import transaction

from activity.services import record
from units.models import Unit, User

STEP = "{:08d}/"


@transaction.atomic
def create_unit(
    *,
    kind: Unit.Kind,
    name: str,
    by: User | None,
    parent: Unit | None = None,
    code: str = "",
    short_name: str = "",
    place: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Unit:
    """Add a unit to the tree and give it its path. One INSERT, one UPDATE: the path holds the row's own id."""
    unit = Unit.objects.create(
        parent=parent,
        path=f"new-{uuid4().hex}/",
        kind=kind,
        code=code,
        name=name,
        short_name=short_name,
        place=place,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    unit.path = (parent.path if parent else "") + STEP.format(unit.pk)
    unit.save(update_fields=["path"])
    record(
        by=by,
        action="units.created",
        target=unit,
        unit_path=unit.path,
        changes={"name": [None, name], "kind": [None, str(kind)], "code": [None, code]},
    )
    return unit


@transaction.atomic
def update_unit(*, unit: Unit, by: User | None, **values: str | date | None) -> Unit:
    """Correct a unit's `name`, `short_name`, `place` or last day. Kind, code, first day and parent are its history."""
    if unknown := values.keys() - {"name", "short_name", "place", "valid_to"}:
        raise TypeError(f"A unit's {', '.join(sorted(unknown))} does not change")
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    changes = {field: [getattr(unit, field), value] for field, value in values.items() if getattr(unit, field) != value}
    if not changes:
        return unit
    for field, (_before, after) in changes.items():
        setattr(unit, field, after)
    unit.save(update_fields=list(changes))
    record(by=by, action="units.changed", target=unit, unit_path=unit.path, changes=as_json(changes))
    return unit


def as_json(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The audit's before and after with days as ISO text."""
    return {
        field: [value.isoformat() if isinstance(value, date) else value for value in pair]
        for field, pair in changes.items()
    }
