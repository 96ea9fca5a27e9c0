from __future__ import annotations

from datetime import date
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
