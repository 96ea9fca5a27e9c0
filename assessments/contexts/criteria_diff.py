"""Two versions of a criteria set side by side: what was added, removed, moved, changed; and what continues what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from assessments.contexts.criteria_content import Content, Entry
from assessments.contexts.criteria_problems import SETTINGS
from assessments.contexts.criteria_words import FIELDS, shown
from assessments.models import CriteriaSet, Criterion
from plans.contexts.diff import ADDED, CHANGED, MOVED, REMOVED, Change

MOST_VERSIONS = 30


def continued(old: CriteriaSet, new: CriteriaSet) -> dict[str, str]:
    """{code in `new`: code in `old`} of what is the same criterion: by what each continues, over the versions between;
    where the two are not of one line, by the code. One query for each version between, and two."""
    now = {row.pk: row for row in new.criteria.all()}
    before = dict(old.criteria.values_list("pk", "code"))
    line, at = [new], new
    while at.based_on_id and at.pk != old.pk and len(line) < MOST_VERSIONS:
        at = CriteriaSet.objects.get(pk=at.based_on_id)
        line.append(at)
    if line[-1].pk != old.pk and old.pk not in {each.pk for each in line}:
        codes = set(before.values())
        return {row.code: row.code for row in now.values() if row.code in codes}
    found = {pk: row.predecessor_id for pk, row in now.items() if row.predecessor_id}
    while unsettled := {pk: at for pk, at in found.items() if at not in before}:
        above = dict(Criterion.objects.filter(pk__in=set(unsettled.values())).values_list("pk", "predecessor_id"))
        for pk, each in unsettled.items():
            if above.get(each):
                found[pk] = above[each]
            else:
                del found[pk]
    return {now[pk].code: before[at] for pk, at in found.items() if at is not None}


def differences(before: Content, after: Content, same: Mapping[str, str] | None = None) -> list[Change]:
    """What must be done to `before` to have `after`, in its order. `same`: {code in after: code in before}; without it
    the same code is the same criterion."""
    old = {entry.code: entry for entry in before.entries}
    pairs = same if same is not None else {entry.code: entry.code for entry in after.entries if entry.code in old}
    changes = _head(before, after)
    now_of = {code: new for new, code in pairs.items()}
    for entry in after.entries:
        earlier = old.get(pairs.get(entry.code, ""))
        if earlier is None:
            changes.append(Change(kind=ADDED, part="criterion", of=_name(entry), after=_summary(entry)))
        else:
            changes += _fields(earlier, entry, now_of)
    changes += [
        Change(kind=REMOVED, part="criterion", of=_name(entry), before=_summary(entry))
        for entry in before.entries
        if entry.code not in now_of
    ]
    return changes + _moved(before.entries, after.entries, pairs)


def _name(entry: Entry) -> str:
    return f"{entry.code} {entry.title}"


def _summary(entry: Entry) -> str:
    parts = [shown("scoring", entry.scoring), shown("max_score", entry.max_score)]
    return "; ".join(part for part in parts if part)


def _head(before: Content, after: Content) -> list[Change]:
    words = {"title": _("title of the set"), "title_en": _("title in English"), "note": _("note")}
    changes = [
        Change(kind=CHANGED, part="head", field=word, before=getattr(before, name), after=getattr(after, name))
        for name, word in words.items()
        if getattr(before, name) != getattr(after, name)
    ]
    for name in sorted(set(before.policy) | set(after.policy)):
        old, new = before.policy.get(name), after.policy.get(name)
        if old != new:
            field = _("policy: %(name)s") % {"name": SETTINGS.get(name, name)}
            changes.append(Change(kind=CHANGED, part="head", field=field, before=_said(old), after=_said(new)))
    return changes


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(_said(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(str(each) for each in value.values())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _fields(old: Entry, new: Entry, now_of: Mapping[str, str]) -> list[Change]:
    changes = []
    for name, word in FIELDS.items():
        before, after = getattr(old, name), getattr(new, name)
        if name == "parent" and now_of.get(before, before) == after:
            continue
        if before != after:
            kind = MOVED if name == "parent" else CHANGED
            was, now = shown(name, before), shown(name, after)
            changes.append(Change(kind=kind, part="criterion", of=_name(new), field=str(word), before=was, after=now))
    return changes


def _moved(before: Sequence[Entry], after: Sequence[Entry], pairs: Mapping[str, str]) -> list[Change]:
    """Those that stand in another order among what stayed beside them."""
    places = {entry.code: place for place, entry in enumerate(before)}
    parents = {entry.code: entry.parent for entry in before}
    beside: dict[str, list[Entry]] = {}
    for entry in after:
        code = pairs.get(entry.code)
        if code and pairs.get(entry.parent, entry.parent) == parents.get(code):
            beside.setdefault(entry.parent, []).append(entry)
    moved = []
    for entries in beside.values():
        was = sorted(entries, key=lambda entry: places[pairs[entry.code]])
        for place, entry in enumerate(entries):
            if was[place] is not entry:
                before_after = {"before": str(was.index(entry) + 1), "after": str(place + 1)}
                moved.append(Change(kind=MOVED, part="criterion", of=_name(entry), field=_("place"), **before_after))
    return moved
