"""Sheets that were opened before a sheet stored how many criteria it has and with whom it is ranked.

Nothing else of them changes: a sheet of a round that closed long ago keeps the state in which it was left, and its
round stays as it is until somebody settles it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import migrations


def _size(criteria: list[Any], kind: str) -> int:
    """Criteria that apply to `kind`, with what stands above them. What stands below a criterion is part of it."""
    by_pk = {criterion.pk: criterion for criterion in criteria}

    def counts(criterion: Any) -> bool:
        if criterion.scoring == "group":
            return False
        above = by_pk.get(criterion.parent_id)
        return above is None or above.scoring == "group"

    def applies(criterion: Any) -> bool:
        if criterion.applies_to and kind not in criterion.applies_to:
            return False
        above = by_pk.get(criterion.parent_id)
        return above is None or applies(above)

    return Counter(counts(criterion) and applies(criterion) for criterion in criteria)[True]


def fill(apps: Any, schema_editor: Any) -> None:
    Assessment = apps.get_model("assessments", "Assessment")
    Criterion = apps.get_model("assessments", "Criterion")
    old = Assessment.objects.using(schema_editor.connection.alias).filter(of=0, ranking_group="")
    wanted = old.order_by().values_list("round", "round__criteria_set", "round__groups", "unit__kind").distinct()
    for round_id, set_id, groups, kind in sorted(wanted, key=lambda row: (row[0], row[3])):
        criteria = list(Criterion.objects.using(schema_editor.connection.alias).filter(criteria_set=set_id))
        named = (group["code"] for group in groups or () if kind in group.get("kinds", ()))
        old.filter(round=round_id, unit__kind=kind).update(of=_size(criteria, kind), ranking_group=next(named, kind))


class Migration(migrations.Migration):
    dependencies = [("assessments", "0002_scoring"), ("units", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
