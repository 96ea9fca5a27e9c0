"""The fields of a criterion as people read and write them: in forms, diffs and workbooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.contexts.criteria_parameters import WORDS, ParameterInvalid
from assessments.contexts.wording import light_word
from assessments.models import Criterion
from units.models import Unit

FIELDS = {
    "code": gettext_lazy("code"),
    "parent": gettext_lazy("group"),
    "title": gettext_lazy("title"),
    "title_en": gettext_lazy("title in English"),
    "scoring": gettext_lazy("scoring"),
    "max_score": gettext_lazy("maximum"),
    "weight": gettext_lazy("weight"),
    "parameters": gettext_lazy("numbers of the rule"),
    "counts": gettext_lazy("counts"),
    "scored_by": gettext_lazy("scored by"),
    "skippable": gettext_lazy("may be not applicable"),
    "evidence_required": gettext_lazy("evidence required"),
    "applies_to": gettext_lazy("applies to"),
    "rule": gettext_lazy("rule"),
    "evidence": gettext_lazy("evidence"),
    "sdg": gettext_lazy("sustainable development goals"),
    "locked": gettext_lazy("fixed by the standard"),
}
# The two parts of a line of a list, as people write them: "1,5 = Thực hiện một phần".
LISTS: Mapping[str, tuple[str, str]] = {
    "levels": ("points", "label"),
    "items": ("points", "label"),
    "bands": ("from", "points"),
    "steps": ("days", "points"),
}
NUMBERS = frozenset({"points", "from", "days", "floor", "each", "step", "green", "yellow"})


def written(value: Any) -> str:
    """A number of a rule with the decimal comma."""
    return str(value).replace(".", ",")


def as_lines(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """A list of a rule, one line each."""
    parts = LISTS[name]
    return "\n".join(
        " = ".join(written(row[part]) if part in NUMBERS else str(row[part]) for part in parts) for row in rows
    )


def from_lines(name: str, text: str) -> list[dict[str, str]]:
    """The other way. Blank lines say nothing. Raises ParameterInvalid, which names the line."""
    first, second = LISTS[name]
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        left, sign, right = line.partition("=")
        if not sign or not left.strip() or not right.strip():
            raise ParameterInvalid(
                _("Line %(number)s: write “%(first)s = %(second)s”.")
                % {"number": number, "first": WORDS[first], "second": WORDS[second]}
            )
        rows.append({first: left.strip(), second: right.strip()})
    return rows


def yes_no(value: bool) -> str:
    return _("Yes") if value else _("No")


def kinds_text(kinds: Sequence[str]) -> str:
    return "; ".join(str(Unit.Kind(kind).label) for kind in kinds) if kinds else _("all units")


def _parameters(given: Mapping[str, Any]) -> str:
    lines = []
    for name, value in given.items():
        if name in LISTS:
            lines.append(as_lines(name, value))
        elif name == "words":
            lines += [f"{light_word(light)}: {text}" for light, text in value.items()]
        elif name == "assumed":
            lines.append(_("preset, not in the rule's text"))
        else:
            shown = yes_no(value) if isinstance(value, bool) else written(value) if name in NUMBERS else value
            lines.append(f"{WORDS.get(name, name)}: {shown}")
    return "\n".join(lines)


_SHOWN: Mapping[str, Callable[[Any], str]] = {
    "scoring": lambda value: str(Criterion.Scoring(value).label),
    "counts": lambda value: str(Criterion.Counts(value).label),
    "scored_by": lambda value: str(Criterion.ScoredBy(value).label),
    "skippable": yes_no,
    "evidence_required": yes_no,
    "locked": yes_no,
    "applies_to": kinds_text,
    "parameters": _parameters,
    "max_score": lambda value: "" if value is None else _short(value),
    "weight": lambda value: _short(value),
}


def _short(value: Any) -> str:
    text = str(value)
    return written(text.rstrip("0").rstrip(".") if "." in text else text)


def shown(field: str, value: Any) -> str:
    """A field of an `Entry` in words."""
    return _SHOWN[field](value) if field in _SHOWN else str(value)
