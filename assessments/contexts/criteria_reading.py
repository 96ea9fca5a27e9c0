"""A criteria set from outside, read into its one form: every field is looked at, all that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.contexts.criteria_content import Entry, in_order
from assessments.contexts.criteria_parameters import ParameterInvalid, canonical_parameters, number_text, tidy
from assessments.models import Criterion
from units.models import Unit

MOST_CRITERIA = 1000
TEXTS = {"title": 2000, "title_en": 2000, "rule": 4000, "evidence": 2000}
LINES = frozenset({"rule", "evidence"})
FIELDS = frozenset(Entry.__dataclass_fields__)
Raw = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with `field` of the entry at `place` (0 the first)."""

    place: int
    field: str
    text: str


class _Reader:
    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def entry(self, place: int, raw: Raw) -> Entry | None:
        """None: it cannot be told what the entry is; its faults are noted."""
        before = len(self.faults)

        def wrong(name: str, text: str) -> None:
            self.faults.append(Fault(place=place, field=name, text=text))

        def read(name: str, reader: Callable[[Any], Any], default: Any) -> Any:
            value = raw.get(name)
            if value is None or value == "":
                return default
            try:
                return reader(value)
            except ParameterInvalid as error:
                wrong(name, str(error))
                return default

        for name in set(raw) - FIELDS:
            wrong(str(name)[:40], _("There is no such field."))
        values: dict[str, Any] = {
            "code": read("code", _code, ""),
            "parent": read("parent", _code, ""),
            "continues": read("continues", _code, ""),
            "sdg": read("sdg", _limited(60), ""),
            "scoring": read("scoring", _one_of(Criterion.Scoring.values), ""),
            "counts": read("counts", _one_of(Criterion.Counts.values), Criterion.Counts.NORMAL.value),
            "scored_by": read("scored_by", _one_of(Criterion.ScoredBy.values), Criterion.ScoredBy.UNIT.value),
            "max_score": read("max_score", _maximum, None),
            "weight": read("weight", _weight, "1.000"),
            "applies_to": read("applies_to", _kinds, ()),
        }
        for name, most in TEXTS.items():
            values[name] = read(name, _limited(most, lines=name in LINES), "")
        for name in ("skippable", "evidence_required", "locked"):
            values[name] = read(name, _truth, False)
        for name in ("code", "title", "scoring"):
            if not values[name] and not any(f.field == name for f in self.faults[before:]):
                wrong(name, _("This must be given."))
        if values["scoring"]:
            try:
                values["parameters"] = canonical_parameters(values["scoring"], raw.get("parameters") or {})
            except (ParameterInvalid, AttributeError, TypeError) as error:
                said = str(error) if isinstance(error, ParameterInvalid) else _("Give the numbers of the rule by name.")
                wrong("parameters", said)
        return Entry(**values) if values["code"] else None


def _limited(most: int, *, lines: bool = False) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if isinstance(value, Mapping | list | bool):
            raise ParameterInvalid(_("Write a text."))
        text = tidy(value, lines=lines)
        if len(text) > most:
            raise ParameterInvalid(_("Use at most %(most)s letters.") % {"most": most})
        return text

    return read


def _code(value: Any) -> str:
    if isinstance(value, float):
        if not value.is_integer():
            raise ParameterInvalid(
                _("%(value)s is a number here, so that 1.1 and 1.10 are the same: format the cell as text.")
                % {"value": value}
            )
        value = int(value)
    return _limited(20)(value)


def _one_of(values: Sequence[str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in values:
            raise ParameterInvalid(_("Choose one of: %(values)s.") % {"values": ", ".join(values)})
        return str(value)

    return read


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ParameterInvalid(_("Say yes or no."))
    return value


def _maximum(value: Any) -> str:
    return f"{Decimal(number_text(value, _('Maximum'))):.2f}"


def _weight(value: Any) -> str:
    weight = str(value).strip().replace(",", ".")
    whole, _point, rest = weight.partition(".")
    if isinstance(value, bool) or not (whole + rest).isascii() or not (whole + (rest or "0")).isdigit():
        raise ParameterInvalid(_("Write the weight in digits."))
    if len(whole) > 3 or len(rest.rstrip("0")) > 3:
        raise ParameterInvalid(_("Write a weight under 1000, with at most 3 decimals."))
    return f"{Decimal(weight):.3f}"


def _kinds(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ParameterInvalid(_("Give a list of kinds of unit."))
    for each in value:
        _one_of(Unit.Kind.values)(each)
    return tuple(kind for kind in Unit.Kind.values if kind in value)


def read_entries(raws: Sequence[Any]) -> tuple[tuple[Entry, ...], list[Fault]]:
    """The entries of a whole set, depth first, and what is wrong with them: where anything is, there are no entries."""
    reader = _Reader()
    if len(raws) > MOST_CRITERIA:
        text = _("A set has at most %(most)s criteria.") % {"most": MOST_CRITERIA}
        return (), [Fault(place=MOST_CRITERIA, field="code", text=text)]
    entries: dict[str, tuple[int, Entry]] = {}
    for place, raw in enumerate(raws):
        if not isinstance(raw, Mapping):
            reader.faults.append(Fault(place=place, field="code", text=_("This is not a criterion.")))
            continue
        entry = reader.entry(place, raw)
        if entry and entry.code in entries:
            text = _("The code %(code)s stands there twice.") % {"code": entry.code}
            reader.faults.append(Fault(place=place, field="code", text=text))
        elif entry:
            entries[entry.code] = (place, entry)
    by_code = {code: entry for code, (_place, entry) in entries.items()}
    for place, entry in entries.values():
        if text := _place_wrong(entry, by_code):
            reader.faults.append(Fault(place=place, field="parent", text=text))
    if reader.faults:
        return (), sorted(reader.faults, key=lambda fault: fault.place)
    return in_order(with_roll_ups(by_code.values())), []


def _place_wrong(entry: Entry, by_code: Mapping[str, Entry]) -> str:
    if not entry.parent:
        return ""
    if entry.parent not in by_code:
        return _("There is no group %(code)s.") % {"code": entry.parent}
    above, seen = by_code[entry.parent], {entry.code}
    if above.scoring != Criterion.Scoring.GROUP:
        if above.scoring not in LIT or entry.scoring not in LIT:
            return _("%(code)s is no group: only traffic lights stand under a traffic light.") % {"code": above.code}
        if (upper := by_code.get(above.parent)) and upper.scoring != Criterion.Scoring.GROUP:
            return _("%(code)s is a sub-indicator itself: nothing stands under it.") % {"code": above.code}
    while above.parent:
        if above.code in seen:
            return _("%(code)s lies within itself.") % {"code": entry.code}
        seen.add(above.code)
        if above.parent not in by_code:
            return ""
        above = by_code[above.parent]
    return ""


LIT = frozenset({Criterion.Scoring.RAG, Criterion.Scoring.MEASURED, Criterion.Scoring.ROLL_UP})


def with_roll_ups(entries: Any) -> list[Entry]:
    """An indicator with sub-indicators is the worst of them, one without is a light of its own again."""
    entries = list(entries)
    above = {entry.parent for entry in entries if entry.parent}
    return [_rolled(entry, has_parts=entry.code in above) for entry in entries]


def _rolled(entry: Entry, *, has_parts: bool) -> Entry:
    if entry.scoring not in LIT or has_parts == (entry.scoring == Criterion.Scoring.ROLL_UP):
        return entry
    kind = Criterion.Scoring.ROLL_UP if has_parts else Criterion.Scoring.RAG
    words = {name: value for name, value in entry.parameters.items() if name == "words"}
    return replace(entry, scoring=kind.value, parameters=words)
