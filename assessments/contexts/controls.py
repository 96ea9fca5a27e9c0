"""The fields in which an answer is entered, by the kind of the criterion: what a row of the sheet page draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.contexts.wording import light_word, plain_number
from assessments.models import Criterion
from isoportal.templatetags import formats

LIGHTS_IN_ORDER = ("red", "yellow", "green")


@dataclass(frozen=True, kw_only=True)
class Option:
    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class Control:
    """`kind`: lights, select, checks, whole or decimal. `label` names the field for those who do not see it.

    `options` are those of lights, select and checks. `is_part`: an answer needs all the parts of its row.
    """

    kind: str
    name: str
    label: str = ""
    value: str = ""
    options: Sequence[Option] = ()
    after: str = ""
    is_part: bool = False


Entry = Mapping[str, Any]
Parameters = Mapping[str, Any]


def _options(chosen: Any, pairs: Sequence[tuple[str, str]]) -> list[Option]:
    said = {str(each).lower() for each in chosen} if isinstance(chosen, list) else {str(chosen).lower()}
    return [Option(value=value, text=text, chosen=value in said) for value, text in pairs]


def _points(text: str) -> str:
    return formats.score(Decimal(text))


def _text(entry: Entry, name: str) -> str:
    return str(entry.get(name, ""))


def _tick(entry: Entry, name: str, label: str) -> Control:
    return Control(kind="checks", name=name, options=[Option(value="1", text=label, chosen=bool(entry.get(name)))])


def _lights(entry: Entry, parameters: Parameters) -> list[Control]:
    pairs = [(light, light_word(light)) for light in LIGHTS_IN_ORDER]
    return [Control(kind="lights", name="light", options=_options(entry.get("light"), pairs))]


def _yes_no(entry: Entry, parameters: Parameters) -> list[Control]:
    pairs = [("true", _("Yes")), ("false", _("No"))]
    return [Control(kind="select", name="value", options=_options(entry.get("value"), pairs))]


def _levels(entry: Entry, parameters: Parameters) -> list[Control]:
    pairs = [
        (str(place), f"{_points(level['points'])} · {level['label']}")
        for place, level in enumerate(parameters["levels"])
    ]
    return [Control(kind="select", name="level", options=_options(entry.get("level"), pairs))]


def _ratio(entry: Entry, parameters: Parameters) -> list[Control]:
    done, of = parameters.get("done") or _("part"), parameters.get("of") or _("whole")
    controls = [
        Control(kind="whole", name="done", label=done, value=_text(entry, "done"), after="/", is_part=True),
        Control(kind="whole", name="of", label=of, value=_text(entry, "of"), is_part=True),
    ]
    return [*controls, _tick(entry, "none", parameters["none"])] if parameters.get("none") else controls


def _bands(entry: Entry, parameters: Parameters) -> list[Control]:
    return [Control(kind="decimal", name="percent", label=_("percent"), value=_text(entry, "percent"), after="%")]


def _count(entry: Entry, parameters: Parameters) -> list[Control]:
    if "items" not in parameters:
        noun = parameters.get("noun") or _("number")
        most = _("at most %(most)s") % {"most": parameters["most"]}
        after = f"{noun} × {plain_number(Decimal(parameters['each']))}"
        label = f"{noun}, {most}"
        return [Control(kind="whole", name="count", label=label, value=_text(entry, "count"), after=after)]
    pairs = [
        (str(place), f"{item['label']} ({_points(item['points'])})") for place, item in enumerate(parameters["items"])
    ]
    chosen = list(entry.get("items", []))
    return [
        Control(kind="checks", name="items", options=_options(chosen, pairs)),
        Control(
            kind="checks",
            name="no_items",
            options=[Option(value="1", text=_("None of the list"), chosen="items" in entry and not chosen)],
        ),
    ]


def _deadline(entry: Entry, parameters: Parameters) -> list[Control]:
    days = Control(
        kind="whole",
        name="days_late",
        label=_("days late, 0 if on time"),
        value=_text(entry, "days_late"),
        after=_("days late"),
    )
    return [days, _tick(entry, "never", _("Not done"))]


def _entered(entry: Entry, parameters: Parameters) -> list[Control]:
    step = parameters.get("step")
    label = _("points, by %(step)s") % {"step": plain_number(Decimal(step))} if step else _("points")
    return [Control(kind="decimal", name="points", label=label, value=_text(entry, "points"))]


def _measured(entry: Entry, parameters: Parameters) -> list[Control]:
    unit = parameters.get("unit", "")
    label = _("measured value, %(unit)s") % {"unit": unit} if unit else _("measured value")
    return [Control(kind="decimal", name="value", label=label, value=_text(entry, "value"), after=unit)]


_KINDS: dict[str, Callable[[Entry, Parameters], list[Control]]] = {
    Criterion.Scoring.RAG: _lights,
    Criterion.Scoring.ROLL_UP: _lights,
    Criterion.Scoring.MEASURED: _measured,
    Criterion.Scoring.POINTS: _entered,
    Criterion.Scoring.YES_NO: _yes_no,
    Criterion.Scoring.LEVELS: _levels,
    Criterion.Scoring.RATIO: _ratio,
    Criterion.Scoring.BANDS: _bands,
    Criterion.Scoring.COUNT: _count,
    Criterion.Scoring.DEADLINE: _deadline,
}


def controls_of(kind: str, entry: Entry, parameters: Parameters, *, skippable: bool = False) -> Sequence[Control]:
    """The fields of a criterion of `kind`, filled with `entry` (an answer, or what was typed).

    `skippable`: it may be not applicable, by its rule and by the policy of its set. Of a roll-up the lights are those
    that somebody sets by hand instead of the worst of its parts.
    """
    controls = _KINDS[kind](entry, parameters)
    return [*controls, _tick(entry, "not_applicable", _("Not applicable"))] if skippable else controls
