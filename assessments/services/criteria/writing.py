"""The rows of a draft: how entries become criteria, in their order, with what they continue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.contexts.criteria_content import Entry, entries_of
from assessments.contexts.rules import rules_of
from assessments.models import CriteriaSet, Criterion
from assessments.services.criteria.standing import LockedRows

# What is copied from an entry to a criterion as it stands.
PLAIN = (
    "code",
    "title",
    "title_en",
    "scoring",
    "parameters",
    "counts",
    "scored_by",
    "skippable",
    "evidence_required",
    "rule",
    "evidence",
    "sdg",
    "locked",
)


def stored_entries(criteria_set: CriteriaSet) -> tuple[Entry, ...]:
    return entries_of(criteria_set.criteria.select_related("predecessor").order_by("order"))


def values_of(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in PLAIN} | {
        "max_score": None if entry.max_score is None else Decimal(entry.max_score),
        "weight": Decimal(entry.weight),
        "applies_to": list(entry.applies_to),
        "parameters": dict(entry.parameters),
    }


def create_rows(
    criteria_set: CriteriaSet, entries: Sequence[Entry], continued: Mapping[str, int] | None = None
) -> None:
    """`entries` depth first; `continued`: the id of the criterion that the one of a code continues."""
    rows: dict[str, Criterion] = {}
    waiting = list(enumerate(entries, start=1))
    while waiting:  # level by level: what stands under a row needs its id
        level = [(order, entry) for order, entry in waiting if not entry.parent or entry.parent in rows]
        waiting = [(order, entry) for order, entry in waiting if entry.parent and entry.parent not in rows]
        created = Criterion.objects.bulk_create(
            Criterion(
                criteria_set=criteria_set,
                order=order,
                parent=rows[entry.parent] if entry.parent else None,
                predecessor_id=(continued or {}).get(entry.code),
                **values_of(entry),
            )
            for order, entry in level
        )
        rows |= {row.code: row for row in created}


def write_rows(draft: CriteriaSet, entries: Sequence[Entry], *, renamed: Mapping[str, str] | None = None) -> None:
    """Make the rows of `draft` say `entries`: those of the same code are changed, `renamed` maps a new code to the old
    one, the others are created or removed. The draft is locked."""
    old_code = renamed or {}
    before = {row.code: row for row in draft.criteria.all()}
    kept = {old_code.get(entry.code, entry.code) for entry in entries}
    codes = {}
    if draft.based_on_id:
        codes = dict(Criterion.objects.filter(criteria_set=draft.based_on_id).values_list("code", "pk"))
    rows: dict[str, Criterion] = {}
    for order, entry in enumerate(entries, start=1):
        row = before.get(old_code.get(entry.code, entry.code))
        values: dict[str, Any] = values_of(entry) | {"order": order}
        values["parent_id"] = rows[entry.parent].pk if entry.parent else None
        if entry.continues in codes:
            values["predecessor_id"] = codes[entry.continues]
        if row is None:
            values.setdefault("predecessor_id", codes.get(entry.code) if not entry.continues else None)
            row = Criterion.objects.create(criteria_set=draft, **values)
        else:
            changed = [name for name, value in values.items() if getattr(row, name) != value]
            for name in changed:
                setattr(row, name, values[name])
            if changed:
                row.save(update_fields=[name.removesuffix("_id") for name in changed])
        rows[entry.code] = row
    gone = [row.pk for code, row in before.items() if code not in kept]
    Criterion.objects.filter(pk__in=gone).delete()


def measures_of(criteria_set: CriteriaSet) -> dict[str, Any]:
    """`size` and `maximum` as they follow from the rows and the policy."""
    sheet = rules_of(criteria_set, criteria_set.criteria.order_by("order"))
    by_points = criteria_set.scale == CriteriaSet.Scale.POINTS
    return {"size": sheet.size, "maximum": sheet.outcome({}).maximum if by_points else None}


def respect_locked(before: Sequence[Entry], after: Sequence[Entry]) -> None:
    """The rows that a standard fixes keep their code and their place, and none is added or taken away among them;
    sub-indicators below them are free. Raises LockedRows."""
    locked = {entry.code: entry for entry in before if entry.locked}
    said = {entry.code: entry for entry in after}
    known = {entry.code: entry for entry in before}
    for code, entry in locked.items():
        if code not in said:
            raise LockedRows(_("%(code)s is fixed by the standard: it stays, with its code.") % {"code": code})
        if said[code].parent != entry.parent or not said[code].locked:
            raise LockedRows(_("%(code)s is fixed by the standard: it stays in its group.") % {"code": code})
    if not locked:
        return
    for code, entry in said.items():
        if code in locked or entry.parent in locked:
            continue
        if code not in known or known[code].parent != entry.parent or entry.locked:
            raise LockedRows(
                _("%(code)s cannot stand there: the standard fixes what the set consists of. Add sub-indicators below "
                  "an indicator instead.") % {"code": code}
            )  # fmt: skip
    fixed = [entry.code for entry in before if entry.locked]
    if [entry.code for entry in after if entry.code in locked] != fixed:
        raise LockedRows(_("The standard fixes the order of these criteria."))
