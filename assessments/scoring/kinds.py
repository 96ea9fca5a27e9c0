"""The arithmetic of each kind of criterion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from assessments.scoring.reading import measured, only, percentage, place_in, points, truth, whole
from assessments.scoring.rule import HUNDRED, LIGHTS, InvalidAnswer, Kind, Result, Rule, Step, half_up, maximum_of


def _yes_no(rule: Rule, answer: Mapping[str, Any]) -> Result:
    only(answer, "value")
    value = truth(answer.get("value"))
    if value is None:
        raise InvalidAnswer("yes_or_no", "value")
    earned = maximum_of(rule) if value else Decimal(0)
    return Result(answer={"value": value}, points=earned, steps=(Step("yes" if value else "no", {"points": earned}),))


def _levels(rule: Rule, answer: Mapping[str, Any]) -> Result:
    only(answer, "level")
    levels = rule.parameters["levels"]
    place = place_in(answer.get("level"), len(levels), "level", "level")
    earned = Decimal(levels[place]["points"])
    step = Step("level", {"label": levels[place]["label"], "points": earned})
    return Result(answer={"level": place}, points=earned, steps=(step,))


def _ratio(rule: Rule, answer: Mapping[str, Any]) -> Result:
    only(answer, "done", "of", "none")
    maximum = maximum_of(rule)
    if answer.get("none"):
        if not rule.parameters.get("none"):
            raise InvalidAnswer("none", "none")
        if "done" in answer or "of" in answer:
            raise InvalidAnswer("either", "none")
        step = Step("none", {"label": rule.parameters["none"], "points": maximum})
        return Result(answer={"none": True}, points=maximum, steps=(step,))
    done, of = whole(answer, "done"), whole(answer, "of")
    if of == 0:
        raise InvalidAnswer("of_zero", "of")
    if done > of:
        raise InvalidAnswer("done_over", "done", done=done, of=of)
    values: dict[str, Any] = {"done": done, "of": of, "percent": half_up(Decimal(done) * HUNDRED / of)}
    floor = Decimal(rule.parameters.get("floor", "0"))
    if Decimal(done) * HUNDRED < floor * of:
        earned, step = Decimal(0), Step("under_floor", {**values, "floor": floor, "points": Decimal(0)})
    else:
        earned = half_up(Decimal(done) * maximum / of)
        step = Step("ratio", {**values, "maximum": maximum, "points": earned})
    return Result(answer={"done": done, "of": of}, points=earned, steps=(step,))


def _bands(rule: Rule, answer: Mapping[str, Any]) -> Result:
    only(answer, "percent")
    percent = percentage(answer, "percent")
    reached = [band for band in rule.parameters["bands"] if percent >= Decimal(band["from"])]
    band = max(reached, key=lambda each: Decimal(each["from"]), default={"from": "0", "points": "0"})
    earned = Decimal(band["points"])
    step = Step("band", {"percent": percent, "from": Decimal(band["from"]), "points": earned})
    return Result(answer={"percent": f"{percent:f}"}, points=earned, steps=(step,))


def _count(rule: Rule, answer: Mapping[str, Any]) -> Result:
    if "items" not in rule.parameters:
        only(answer, "count")
        count, each = whole(answer, "count", rule.parameters["most"]), Decimal(rule.parameters["each"])
        earned = min(half_up(count * each), maximum_of(rule))
        step = Step("each", {"count": count, "each": each, "noun": rule.parameters.get("noun", ""), "points": earned})
        return Result(answer={"count": count}, points=earned, steps=(step,))
    only(answer, "items")
    items, chosen = rule.parameters["items"], answer.get("items")
    if not isinstance(chosen, Sequence) or isinstance(chosen, str):
        raise InvalidAnswer("items", "items")
    places = sorted({place_in(each, len(items), "items", "items") for each in chosen})
    terms = [Decimal(items[place]["points"]) for place in places]
    earned = min(sum(terms, Decimal(0)), maximum_of(rule))
    step = Step("items", {"terms": terms, "labels": [items[place]["label"] for place in places], "points": earned})
    return Result(answer={"items": places}, points=earned, steps=(step,))


def _deadline(rule: Rule, answer: Mapping[str, Any]) -> Result:
    only(answer, "days_late", "never")
    if answer.get("never"):
        if "days_late" in answer:
            raise InvalidAnswer("either", "never")
        return Result(answer={"never": True}, points=Decimal(0), steps=(Step("never", {"points": Decimal(0)}),))
    days = whole(answer, "days_late", 9999)
    within = [step for step in rule.parameters["steps"] if days <= step["days"]]
    first = min(within, key=lambda step: step["days"], default=None)
    earned = Decimal(first["points"]) if first else Decimal(0)
    name = "on_time" if days == 0 else "late" if first else "too_late"
    limit = first["days"] if first else max(step["days"] for step in rule.parameters["steps"])
    return Result(
        answer={"days_late": days}, points=earned, steps=(Step(name, {"days": days, "limit": limit, "points": earned}),)
    )


def _points(rule: Rule, answer: Mapping[str, Any]) -> Result:
    only(answer, "points")
    maximum, step = maximum_of(rule), rule.parameters.get("step")
    given = points(answer, "points", maximum, Decimal(step) if step else None)
    entered = Step("entered", {"points": given, "maximum": maximum})
    return Result(answer={"points": f"{given:f}"}, points=given, steps=(entered,))


def _light(answer: Mapping[str, Any]) -> str:
    only(answer, "light")
    light = answer.get("light")
    if not isinstance(light, str) or light not in LIGHTS:
        raise InvalidAnswer("light", "light")
    return light


def _rag(rule: Rule, answer: Mapping[str, Any]) -> Result:
    light = _light(answer)
    return Result(answer={"light": light}, light=light, steps=(Step("light", {"light": light}),))


def _measured(rule: Rule, answer: Mapping[str, Any]) -> Result:
    only(answer, "value")
    value = measured(answer, "value")
    green, yellow = Decimal(rule.parameters["green"]), Decimal(rule.parameters["yellow"])
    higher = bool(rule.parameters.get("higher_is_better", True))
    reached = [
        (light, limit)
        for light, limit in (("green", green), ("yellow", yellow))
        if (value >= limit if higher else value <= limit)
    ]
    light, limit = reached[0] if reached else ("red", yellow)
    values = {"value": value, "unit": rule.parameters.get("unit", ""), "limit": limit, "higher": higher, "light": light}
    name = "measured" if reached else "measured_red"
    return Result(answer={"value": f"{value:f}"}, light=light, steps=(Step(name, values),))


def _roll_up(rule: Rule, answer: Mapping[str, Any]) -> Result:
    """A light set by hand, instead of the worst of the sub-indicators (see `roll_up`)."""
    light = _light(answer)
    return Result(answer={"light": light}, light=light, steps=(Step("override", {"light": light}),))


_KINDS: dict[Kind, Callable[[Rule, Mapping[str, Any]], Result]] = {
    Kind.YES_NO: _yes_no,
    Kind.LEVELS: _levels,
    Kind.RATIO: _ratio,
    Kind.BANDS: _bands,
    Kind.COUNT: _count,
    Kind.DEADLINE: _deadline,
    Kind.POINTS: _points,
    Kind.RAG: _rag,
    Kind.MEASURED: _measured,
    Kind.ROLL_UP: _roll_up,
}


def _not_applicable(rule: Rule, answer: Mapping[str, Any]) -> bool:
    """Whether the answer says that the criterion does not apply."""
    said = truth(answer["not_applicable"])
    if said is None:
        raise InvalidAnswer("shape")
    if said and not rule.skippable:
        raise InvalidAnswer("not_applicable", "not_applicable")
    if said and len(answer) > 1:
        raise InvalidAnswer("only_not_applicable", "not_applicable")
    return said


def score(rule: Rule, answer: Mapping[str, Any]) -> Result:
    """The points (0 to the rule's maximum) or the light of `answer`, with the arithmetic. Raises InvalidAnswer."""
    if not isinstance(answer, Mapping):
        raise InvalidAnswer("shape")
    if "not_applicable" in answer:
        if _not_applicable(rule, answer):
            return Result(answer={"not_applicable": True}, not_applicable=True, steps=(Step("not_applicable"),))
        answer = {name: value for name, value in answer.items() if name != "not_applicable"}
    if not answer:
        return Result()
    result = _KINDS[rule.kind](rule, answer)
    return result if result.points is None else replace(result, points=half_up(result.points))
