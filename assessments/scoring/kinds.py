"""The arithmetic of each kind of criterion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from assessments.scoring.reading import only, percentage, place_in, whole
from assessments.scoring.rule import HUNDRED, LIGHTS, InvalidAnswer, Kind, Result, Rule, Step, half_up, maximum_of


def _yes_no(rule: Rule, answer: Mapping[str, Any]) -> Result:
    only(answer, "value")
    value = {"true": True, "1": True, "false": False, "0": False}.get(str(answer.get("value")).strip().lower())
    if value is None:
        raise InvalidAnswer("yes_or_no", "value")
    points = maximum_of(rule) if value else Decimal(0)
    return Result(answer={"value": value}, points=points, steps=(Step("yes" if value else "no", {"points": points}),))


def _levels(rule: Rule, answer: Mapping[str, Any]) -> Result:
    only(answer, "level")
    levels = rule.parameters["levels"]
    place = place_in(answer.get("level"), len(levels), "level", "level")
    points = Decimal(levels[place]["points"])
    step = Step("level", {"label": levels[place]["label"], "points": points})
    return Result(answer={"level": place}, points=points, steps=(step,))


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
        points, step = Decimal(0), Step("under_floor", {**values, "floor": floor, "points": Decimal(0)})
    else:
        points = half_up(Decimal(done) * maximum / of)
        step = Step("ratio", {**values, "maximum": maximum, "points": points})
    return Result(answer={"done": done, "of": of}, points=points, steps=(step,))


def _bands(rule: Rule, answer: Mapping[str, Any]) -> Result:
    only(answer, "percent")
    percent = percentage(answer, "percent")
    reached = [band for band in rule.parameters["bands"] if percent >= Decimal(band["from"])]
    band = max(reached, key=lambda each: Decimal(each["from"]), default={"from": "0", "points": "0"})
    points = Decimal(band["points"])
    step = Step("band", {"percent": percent, "from": Decimal(band["from"]), "points": points})
    return Result(answer={"percent": f"{percent:f}"}, points=points, steps=(step,))


def _count(rule: Rule, answer: Mapping[str, Any]) -> Result:
    if "items" not in rule.parameters:
        only(answer, "count")
        count, each = whole(answer, "count", rule.parameters["most"]), Decimal(rule.parameters["each"])
        points = min(half_up(count * each), maximum_of(rule))
        step = Step("each", {"count": count, "each": each, "noun": rule.parameters.get("noun", ""), "points": points})
        return Result(answer={"count": count}, points=points, steps=(step,))
    only(answer, "items")
    items, chosen = rule.parameters["items"], answer.get("items")
    if not isinstance(chosen, Sequence) or isinstance(chosen, str):
        raise InvalidAnswer("items", "items")
    places = sorted({place_in(each, len(items), "items", "items") for each in chosen})
    terms = [Decimal(items[place]["points"]) for place in places]
    points = min(sum(terms, Decimal(0)), maximum_of(rule))
    step = Step("items", {"terms": terms, "labels": [items[place]["label"] for place in places], "points": points})
    return Result(answer={"items": places}, points=points, steps=(step,))


def _deadline(rule: Rule, answer: Mapping[str, Any]) -> Result:
    only(answer, "days_late", "never")
    if answer.get("never"):
        if "days_late" in answer:
            raise InvalidAnswer("either", "never")
        return Result(answer={"never": True}, points=Decimal(0), steps=(Step("never", {"points": Decimal(0)}),))
    days = whole(answer, "days_late", 9999)
    within = [step for step in rule.parameters["steps"] if days <= step["days"]]
    first = min(within, key=lambda step: step["days"], default=None)
    points = Decimal(first["points"]) if first else Decimal(0)
    name = "on_time" if days == 0 else "late" if first else "too_late"
    limit = first["days"] if first else max(step["days"] for step in rule.parameters["steps"])
    return Result(
        answer={"days_late": days}, points=points, steps=(Step(name, {"days": days, "limit": limit, "points": points}),)
    )


def _rag(rule: Rule, answer: Mapping[str, Any]) -> Result:
    only(answer, "light")
    light = answer.get("light")
    if light not in LIGHTS:
        raise InvalidAnswer("light", "light")
    return Result(answer={"light": light}, light=light, steps=(Step("light", {"light": light}),))


_KINDS: dict[Kind, Callable[[Rule, Mapping[str, Any]], Result]] = {
    Kind.YES_NO: _yes_no,
    Kind.LEVELS: _levels,
    Kind.RATIO: _ratio,
    Kind.BANDS: _bands,
    Kind.COUNT: _count,
    Kind.DEADLINE: _deadline,
    Kind.RAG: _rag,
}


def score(rule: Rule, answer: Mapping[str, Any]) -> Result:
    """The points (0 to the rule's maximum) or the light of `answer`, with the arithmetic. Raises InvalidAnswer."""
    if not isinstance(answer, Mapping):
        raise InvalidAnswer("shape")
    if not answer:
        return Result()
    result = _KINDS[rule.kind](rule, answer)
    if result.points is None:
        return result
    return Result(answer=result.answer, points=half_up(result.points), light=result.light, steps=result.steps)
