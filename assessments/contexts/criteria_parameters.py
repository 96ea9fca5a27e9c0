"""The numbers of a rule in one written form, whoever gives them: a form, a workbook, a JSON file, the API."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from assessments.models import Criterion

POINTS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")
PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
VALUE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")
MOST_ROWS = 20
LONGEST_LABEL, LONGEST_TEXT = 300, 4000
LIGHTS = ("green", "yellow", "red")
WORDS = {
    "points": _("Points"),
    "label": _("Words"),
    "from": _("From (%)"),
    "days": _("Days late"),
    "floor": _("Floor (%)"),
    "done": _("What is counted"),
    "of": _("Out of what"),
    "none": _("Full points when there is nothing to measure"),
    "each": _("Points for each"),
    "most": _("At most how many"),
    "noun": _("What is counted"),
    "step": _("Points go by"),
    "unit": _("Unit of measurement"),
    "green": _("Threshold of green"),
    "yellow": _("Threshold of yellow"),
    "higher_is_better": _("Higher is better"),
}
# What a criterion that the system scores is scored by; and whether the rule's text gives the numbers.
OF_ANY_KIND = frozenset({"assumed", "measure"})

Parameters = dict[str, Any]


class ParameterInvalid(Exception):
    """A number or a word of a rule cannot be read; its text names it and says what to write."""


def tidy(value: Any, *, lines: bool = False) -> str:
    """Text in one form: composed letters, no control characters, one space between words; with `lines`, lines kept."""
    text = unicodedata.normalize("NFC", "" if value is None else str(value))
    rows = [" ".join(_shown(line).split()) for line in text.splitlines()]
    return "\n".join(rows).strip() if lines else " ".join(row for row in rows if row)


def _shown(line: str) -> str:
    return "".join(" " if unicodedata.category(each) in {"Cc", "Cs", "Cn", "Zs"} else each for each in line)


def decimal_text(value: Decimal) -> str:
    """As few digits as the number has: "8", "1.5"."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def number_text(value: Any, name: str, form: re.Pattern[str] = POINTS) -> str:
    """The number in its one form. A decimal comma is taken too. Raises ParameterInvalid."""
    if isinstance(value, float):
        value = decimal_text(Decimal(repr(value)))
    text = str(value).strip().replace(",", ".")
    if isinstance(value, bool) or not form.fullmatch(text) or not text.isascii():
        raise ParameterInvalid(
            say("%(name)s: write a number in digits, not “%(value)s”.") % {"name": name, "value": str(value)[:40]}
        )
    return decimal_text(Decimal(text))


def whole(value: Any, name: str, most: int = 9999) -> int:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= most):
        raise ParameterInvalid(say("%(name)s: write a whole number from 0 to %(most)s.") % {"name": name, "most": most})
    return int(text)


def label(value: Any, name: str) -> str:
    text = tidy(value)
    if len(text) > LONGEST_LABEL:
        raise ParameterInvalid(say("%(name)s: use at most %(most)s letters.") % {"name": name, "most": LONGEST_LABEL})
    return text


def _rows(given: Mapping[str, Any], key: str, parts: Mapping[str, Callable[[Any, str], Any]]) -> list[Parameters]:
    rows = given.get(key, [])
    if not isinstance(rows, Sequence) or isinstance(rows, str) or len(rows) > MOST_ROWS:
        raise ParameterInvalid(say("%(key)s: give a list of at most %(most)s.") % {"key": key, "most": MOST_ROWS})
    found = []
    for row in rows:
        if not isinstance(row, Mapping) or set(row) != set(parts):
            raise ParameterInvalid(say("%(key)s: each needs %(parts)s.") % {"key": key, "parts": ", ".join(parts)})
        found.append({name: read(row[name], str(WORDS[name])) for name, read in parts.items()})
    return found


def _points(value: Any, name: str) -> str:
    return number_text(value, name)


def _percent(value: Any, name: str) -> str:
    text = number_text(value, name, PERCENT)
    if Decimal(text) > 100:
        raise ParameterInvalid(say("%(name)s: write a percentage from 0 to 100.") % {"name": name})
    return text


def _value(value: Any, name: str) -> str:
    return number_text(value, name, VALUE)


def _truth(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ParameterInvalid(say("%(name)s: say true or false.") % {"name": name})
    return value


def _some(given: Mapping[str, Any], readers: Mapping[str, Callable[[Any, str], Any]]) -> Parameters:
    """Those of `readers` that are given and not blank."""
    return {
        name: read(given[name], str(WORDS[name]))
        for name, read in readers.items()
        if given.get(name) is not None and given[name] != ""
    }


def _levels(given: Mapping[str, Any]) -> Parameters:
    return {"levels": _rows(given, "levels", {"points": _points, "label": label})}


def _bands(given: Mapping[str, Any]) -> Parameters:
    rows = _rows(given, "bands", {"from": _percent, "points": _points})
    return {"bands": sorted(rows, key=lambda row: Decimal(row["from"]), reverse=True)}


def _deadline(given: Mapping[str, Any]) -> Parameters:
    rows = _rows(given, "steps", {"days": whole, "points": _points})
    return {"steps": sorted(rows, key=lambda row: int(row["days"]))}


def _ratio(given: Mapping[str, Any]) -> Parameters:
    return _some(given, {"floor": _percent, "done": label, "of": label, "none": label})


def _count(given: Mapping[str, Any]) -> Parameters:
    if "items" in given:
        return {"items": _rows(given, "items", {"points": _points, "label": label})}
    return _some(given, {"each": _points, "most": whole, "noun": label})


def _step(given: Mapping[str, Any]) -> Parameters:
    return _some(given, {"step": _points})


def _words(given: Mapping[str, Any]) -> Parameters:
    """What each light means for this criterion."""
    words = given.get("words", {})
    if not isinstance(words, Mapping) or set(words) - set(LIGHTS):
        raise ParameterInvalid(say("words: give a text for green, yellow and red."))
    found = {light: text for light in LIGHTS if (text := label(words.get(light, ""), light))}
    return {"words": found} if found else {}


def _measured(given: Mapping[str, Any]) -> Parameters:
    readers = {"unit": label, "green": _value, "yellow": _value, "higher_is_better": _truth}
    return {"higher_is_better": True} | _some(given, readers) | _words(given)


_KINDS: dict[str, tuple[frozenset[str], Callable[[Mapping[str, Any]], Parameters]]] = {
    Criterion.Scoring.GROUP: (frozenset(), lambda given: {}),
    Criterion.Scoring.YES_NO: (frozenset(), lambda given: {}),
    Criterion.Scoring.LEVELS: (frozenset({"levels"}), _levels),
    Criterion.Scoring.RATIO: (frozenset({"floor", "done", "of", "none"}), _ratio),
    Criterion.Scoring.BANDS: (frozenset({"bands"}), _bands),
    Criterion.Scoring.COUNT: (frozenset({"each", "most", "noun", "items"}), _count),
    Criterion.Scoring.DEADLINE: (frozenset({"steps"}), _deadline),
    Criterion.Scoring.POINTS: (frozenset({"step"}), _step),
    Criterion.Scoring.RAG: (frozenset({"words"}), _words),
    Criterion.Scoring.MEASURED: (frozenset({"unit", "green", "yellow", "higher_is_better", "words"}), _measured),
    Criterion.Scoring.ROLL_UP: (frozenset({"words"}), _words),
}


def canonical_parameters(kind: str, given: Mapping[str, Any]) -> Parameters:
    """The parameters of a criterion of `kind` in their one form. What is missing is left out, since a draft may be
    unfinished. Raises ParameterInvalid."""
    known, read = _KINDS[kind]
    if unknown := set(given) - known - OF_ANY_KIND:
        raise ParameterInvalid(
            say("A criterion of this kind has no parameter %(name)s.") % {"name": sorted(unknown)[0][:40]}
        )
    found = read(given)
    if given.get("assumed"):
        found["assumed"] = True
    if measure := label(given.get("measure"), "measure"):
        found["measure"] = measure
    return found
