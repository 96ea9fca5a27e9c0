"""Answers, arithmetic and refusals in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments import scoring
from isoportal.templatetags import formats, vocabulary

Values = Mapping[str, Any]

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
    "points": gettext_lazy("Write points from 0 to %(most)s, with at most 2 decimals."),
    "step": gettext_lazy("Points of this criterion go by %(step)s, from 0 to %(most)s."),
    "value": gettext_lazy("Write the measured value in digits, with at most 4 decimals."),
    "light": gettext_lazy("Choose green, yellow or red."),
    "not_applicable": gettext_lazy("This criterion applies to every unit: answer it."),
    "only_not_applicable": gettext_lazy("Answer the criterion or mark it as not applicable, not both."),
    "shape": gettext_lazy("The answer does not have the form of this criterion."),
}


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return plain_number(value)
    return formats.number(value) if isinstance(value, int) else value


def refusal_text(error: scoring.InvalidAnswer) -> str:
    return str(REFUSALS[error.code]) % {name: _number(value) for name, value in error.allowed.items()}


def plain_number(value: Decimal) -> str:
    """As few decimals as the number has: 8, 1,5 (vi), 1.5 (en)."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",") if formats.in_vietnamese() else text


def share(value: Decimal, text: str = "") -> str:
    """92,37 % (vi), 92.37% (en)."""
    text = text or plain_number(value)
    return f"{text}{formats.NO_BREAK}%" if formats.in_vietnamese() else f"{text}%"


def _measure(values: Values, value: Decimal) -> str:
    """A measured value with its unit: 96,2 % (vi), 12 mg/l."""
    unit = values["unit"]
    return share(value) if unit == "%" else f"{plain_number(value)}{formats.NO_BREAK}{unit}".strip()


def _bound(values: Values) -> str:
    return "≥" if values["higher"] else "≤"


def _beyond(values: Values) -> str:
    return "<" if values["higher"] else ">"


def _days(days: int) -> str:
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def light_word(light: str) -> str:
    return str(vocabulary.LIGHTS[light][2])


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
    "entered": lambda v: plain_number(v["points"]),
    "light": lambda v: light_word(v["light"]),
    "measured": lambda v: _measure(v, v["value"]),
    "measured_red": lambda v: _measure(v, v["value"]),
    "worst": lambda v: light_word(v["light"]),
    "override": lambda v: light_word(v["light"]),
    "not_applicable": lambda v: _("Not applicable"),
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
    "entered": lambda v: f"{formats.score(v['points'])} / {plain_number(v['maximum'])}",
    "light": lambda v: light_word(v["light"]),
    "measured": lambda v: f"{_measure(v, v['value'])} {_bound(v)} {_measure(v, v['limit'])}: {light_word(v['light'])}",
    "measured_red": lambda v: (
        f"{_measure(v, v['value'])} {_beyond(v)} {_measure(v, v['limit'])}: {light_word(v['light'])}"
    ),
    "worst": lambda v: (
        _("%(light)s, the worst of %(parts)s")
        % {
            "light": light_word(v["light"]),
            "parts": "; ".join(f"{code} {light_word(light).lower()}" for code, light in v["of"]),
        }
    ),
    "override": lambda v: (
        _("%(light)s, set by hand instead of %(instead)s")
        % {"light": light_word(v["light"]), "instead": light_word(v["instead"]).lower()}
        if v.get("instead")
        else _("%(light)s, set by hand") % {"light": light_word(v["light"])}
    ),
    "not_applicable": lambda v: _("Not applicable"),
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
