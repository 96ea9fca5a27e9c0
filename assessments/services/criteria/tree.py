"""One row of a draft: added, changed, moved, removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum, auto
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.contexts.criteria_content import Entry, in_order
from assessments.contexts.criteria_reading import Fault, read_entries, with_roll_ups
from assessments.models import CriteriaSet, Criterion
from assessments.services.criteria.standing import CriterionInvalid, LockedRows, NotADraft, keep, locked_draft
from assessments.services.criteria.writing import measures_of, respect_locked, stored_entries, write_rows
from units.models import User


class Move(StrEnum):
    UP = auto()
    DOWN = auto()


def _of(draft: CriteriaSet, criterion: Criterion) -> Criterion:
    """The criterion as the draft has it now."""
    row = Criterion.objects.filter(pk=criterion.pk, criteria_set=draft).first()
    if row is None:
        raise NotADraft
    return row


def _read(entries: Sequence[Entry], place: int, raw: Mapping[str, Any]) -> tuple[Entry, ...]:
    """`entries` with `raw` at `place`. Raises CriterionInvalid: whatever is wrong, it is wrong by what was changed."""
    raws = [asdict(entry) for entry in entries]
    raws[place:place] = [dict(raw)]
    found, faults = read_entries(raws)
    if faults:
        own = [fault for fault in faults if fault.place == place]
        raise CriterionInvalid(own or [Fault(place=place, field="code", text=faults[0].text)])
    return found


def _keep(
    draft: CriteriaSet,
    before: Sequence[Entry],
    after: Sequence[Entry],
    *,
    by: User,
    changes: dict[str, Any],
    renamed: Mapping[str, str] | None = None,
) -> CriteriaSet:
    respect_locked(before, after)
    write_rows(draft, after, renamed=renamed)
    return keep(draft, by=by, action="criteria_edited", changes=changes, values=measures_of(draft))


@transaction.atomic
def add_criterion(
    *, criteria_set: CriteriaSet, values: Mapping[str, Any], by: User, expected: int
) -> tuple[CriteriaSet, Criterion]:
    """A new row, last in the group or indicator `values["parent"]` (a code). Below an indicator it is a sub-indicator,
    and the indicator becomes the worst of them.

    Raises PermissionDenied, NotADraft, StaleDraft, CriterionInvalid, LockedRows.
    """
    draft = locked_draft(criteria_set, by=by, expected=expected)
    before = stored_entries(draft)
    after = _read(before, len(before), {**values, "locked": False})
    code = next(entry.code for entry in after if entry.code not in {known.code for known in before})
    draft = _keep(draft, before, after, by=by, changes={"criterion": [None, code]})
    return draft, Criterion.objects.get(criteria_set=draft, code=code)


@transaction.atomic
def change_criterion(*, criterion: Criterion, values: Mapping[str, Any], by: User, expected: int) -> CriteriaSet:
    """Change the fields that `values` names; another `parent` (a code) moves it to the end of that group.

    Raises PermissionDenied, NotADraft, StaleDraft, CriterionInvalid, LockedRows.
    """
    draft = locked_draft(criterion.criteria_set, by=by, expected=expected, criterion=criterion)
    row = _of(draft, criterion)
    before = stored_entries(draft)
    place = next(place for place, entry in enumerate(before) if entry.code == row.code)
    old = before[place]
    raw = asdict(old) | dict(values) | {"locked": old.locked}
    if "scoring" in values and "parameters" not in values and values["scoring"] != old.scoring:
        raw["parameters"] = {}
    if old.locked and raw["code"] != old.code:
        raise LockedRows(_("%(code)s is fixed by the standard: it stays, with its code.") % {"code": old.code})
    others = [entry for entry in before if entry.code != old.code]
    moved = (raw.get("parent") or "") != old.parent
    # What stands under it follows its code.
    below = [asdict(entry) | {"parent": raw["code"]} if entry.parent == old.code else asdict(entry) for entry in others]
    position = len(others) if moved else place
    below[position:position] = [raw]
    after, faults = read_entries(below)
    if faults:
        own = [fault for fault in faults if fault.place == position]
        raise CriterionInvalid(own or [Fault(place=position, field="code", text=faults[0].text)])
    if after == before:
        return draft
    new = next(entry for entry in after if entry.code == str(raw["code"]).strip())
    changes = {
        name: [value, asdict(new)[name]]
        for name, value in asdict(old).items()
        if asdict(new)[name] != value and name != "continues"
    }
    changes |= {"criterion": [old.code, new.code]}
    return _keep(draft, before, after, by=by, changes=changes, renamed={new.code: old.code})


@transaction.atomic
def move_criterion(*, criterion: Criterion, move: Move, by: User, expected: int) -> CriteriaSet:
    """One place up or down among those of the same parent; at the end nothing changes.

    Raises PermissionDenied, NotADraft, StaleDraft, LockedRows.
    """
    draft = locked_draft(criterion.criteria_set, by=by, expected=expected, criterion=criterion)
    row = _of(draft, criterion)
    before = stored_entries(draft)
    own = next(entry for entry in before if entry.code == row.code)
    beside = [entry.code for entry in before if entry.parent == own.parent]
    place = beside.index(own.code)
    other = place - 1 if move is Move.UP else place + 1
    if not 0 <= other < len(beside):
        return draft
    beside[place], beside[other] = beside[other], beside[place]
    rank = {code: number for number, code in enumerate(beside)}
    after = in_order(sorted(before, key=lambda entry: rank.get(entry.code, -1)))
    return _keep(
        draft, before, after, by=by, changes={"criterion": [own.code, own.code], "order": [place + 1, other + 1]}
    )


@transaction.atomic
def remove_criterion(*, criterion: Criterion, by: User, expected: int) -> CriteriaSet:
    """Take a row away, with all below it. An indicator without sub-indicators is a light of its own again.

    Raises PermissionDenied, NotADraft, StaleDraft, LockedRows.
    """
    draft = locked_draft(criterion.criteria_set, by=by, expected=expected, criterion=criterion)
    row = _of(draft, criterion)
    before = stored_entries(draft)
    gone = {row.code}
    for entry in before:  # depth first: what is below comes after
        if entry.parent in gone:
            gone.add(entry.code)
    after = in_order(with_roll_ups(entry for entry in before if entry.code not in gone))
    return _keep(draft, before, after, by=by, changes={"criterion": [sorted(gone), None]})
