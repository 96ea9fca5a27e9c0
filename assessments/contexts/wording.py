"""Answers, arithmetic and refusals in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments import scoring
from isoportal.templatetags import formats, vocabulary

REFUSALS = {
    "yes_or_no": gettext_lazy("Answer yes or no."),
    "level": gettext_lazy("Choose one of the levels."),
    "whole": gettext_lazy("Write a whole number from 0 to %(most)s, digits only."),
    "of_zero": gettext_lazy("The whole must be at least 1."),
    "done_over": gettext_lazy("The part (%(done)s) cannot exceed the whole (%(of)s)."),
    "none": gettext_lazy("This criterion must be measured: write both numbers."),
    "either": gettext_lazy("Write the number or tick the box, not both."),
    "percent": gettext_lazy("Write a percentage from 0 to 100, with at most 4 decimals."),
    "items": gettext_lazy("Choose among the items of the list."),
    "light": gettext_lazy("Choose green, yellow or red."),
    "shape": gettext_lazy("The answer does not have the form of this criterion."),
}


def refusal_text(error: scoring.InvalidAnswer) -> str:
    return str(REFUSALS[error.code]) % {
        name: formats.number(value) if isinstance(value, int) else value for name, value in error.allowed.items()
    }


def plain_number(value: Decimal) -> str:
    """As few decimals as the number has: 8, 1,5 (vi), 1.5 (en)."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",") if formats.in_vietnamese() else text


def share(value: Decimal, text: str = "") -> str:
    """92,37 % (vi), 92.37% (en)."""
    text = text or plain_number(value)
    return f"{text}{formats.NO_BREAK}%" if formats.in_vietnamese() else f"{text}%"


def _days(days: int) -> str:
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def light_word(light: str) -> str:
    return str(vocabulary.LIGHTS[light][2])


Values = Mapping[str, Any]

# What was answered, and how the points follow from it: each takes the values of a step.
_ANSWERS: dict[str, Callable[[Values], str]] = {
    "yes": lambda v: _("Yes"),
    "no": lambda v: _("No"),
    "level": lambda v: v["label"],
    "ratio": lambda v: f"{v['done']}/{v['of']}",
    "under_floor": lambda v: f"{v['done']}/{v['of']}",
    "none": lambda v: v["label"],
    "band": lambda v: share(v["percent"]),
    "each": lambda v: f"{v['count']} {v['noun']}".strip(),
    "items": lambda v: "; ".join(v["labels"]) or _("None of the list"),
    "on_time": lambda v: _("On time"),
    "late": lambda v: _days(v["days"]),
    "too_late": lambda v: _days(v["days"]),
    "never": lambda v: _("Not done"),
    "light": lambda v: light_word(v["light"]),
}
_ARITHMETIC: dict[str, Callable[[Values], str]] = {
    "ratio": lambda v: (
        f"{v['done']}/{v['of']} = {share(v['percent'], formats.score(v['percent']))} × {plain_number(v['maximum'])}"
        f" = {formats.score(v['points'])}"
    ),
    "under_floor": lambda v: (
        f"{v['done']}/{v['of']} = {share(v['percent'], formats.score(v['percent']))} < {share(v['floor'])}"
        f" = {formats.score(v['points'])}"
    ),
    "band": lambda v: f"{share(v['percent'])} ≥ {share(v['from'])} = {formats.score(v['points'])}",
    "each": lambda v: f"{_ANSWERS['each'](v)} × {plain_number(v['each'])} = {formats.score(v['points'])}",
    "items": lambda v: (
        f"{' + '.join(formats.score(term) for term in v['terms']) or '0'} = {formats.score(v['points'])}"
    ),
    "late": lambda v: (
        _("%(answer)s, at most %(limit)s days") % {"answer": _ANSWERS["late"](v), "limit": v["limit"]}
        + f" = {formats.score(v['points'])}"
    ),
    "too_late": lambda v: (
        _("%(answer)s, over %(limit)s days") % {"answer": _ANSWERS["too_late"](v), "limit": v["limit"]}
        + f" = {formats.score(v['points'])}"
    ),
    "light": lambda v: light_word(v["light"]),
}


def answer_text(result: scoring.Result) -> str:
    """ "109/118", "97,5 %", "12 days late", the level's words; "" where nothing was answered."""
    return "; ".join(_ANSWERS[step.name](step.values) for step in result.steps)


def arithmetic_text(result: scoring.Result) -> str:
    """ "109/118 = 92,37 % × 8 = 7,39"; "" where nothing was answered."""

    def line(step: scoring.Step) -> str:
        if step.name in _ARITHMETIC:
            return _ARITHMETIC[step.name](step.values)
        return f"{_ANSWERS[step.name](step.values)} = {formats.score(step.values['points'])}"

    return "; ".join(line(step) for step in result.steps)
