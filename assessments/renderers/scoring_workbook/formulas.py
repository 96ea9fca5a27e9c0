"""The formulas by which the workbook shows points, lights and totals while it is filled in. Pure.

What they show is provisional: the portal works everything out again from the answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.renderers.scoring_workbook.layout import (
    LIGHTS,
    NEVER,
    NO,
    NO_ITEMS,
    NOT_APPLICABLE,
    TICK,
    YES,
    plain,
)
from assessments.scoring import Kind, Policy, Rule
from assessments.scoring.policy import NotApplicable


@dataclass(frozen=True)
class Place:
    """Where the cells of a row are: their addresses. `choices`, `scores`: ranges of the texts and points of levels."""

    answer: str
    of: str = ""
    case: str = ""
    items: tuple[str, ...] = ()
    points: str = ""
    choices: str = ""
    scores: str = ""


MOST_ARGUMENTS = 250  # that a function takes


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def points_formula(rule: Rule, place: Place, policy: Policy, parts: Sequence[str] = ()) -> str:
    """The points of a row or, of traffic lights, its word. `parts`: the cells of a roll-up's sub-indicators."""
    inner = _KINDS[rule.kind](rule.parameters, rule.maximum or Decimal(0), place)
    if rule.kind is Kind.ROLL_UP:
        inner = f'IF({place.answer}<>"",{place.answer},{_worst(parts)})'
    if rule.skippable and place.case:
        given = {NotApplicable.FULL: f"{rule.maximum or 0}", NotApplicable.ZERO: "0"}.get(policy.not_applicable, '""')
        if rule.kind in {Kind.RAG, Kind.MEASURED, Kind.ROLL_UP}:
            given = '""'
        inner = f"IF({place.case}={quoted(NOT_APPLICABLE)},{given},{inner})"
    return f"={inner}"


def _yes_no(parameters: Mapping[str, Any], most: Decimal, at: Place) -> str:
    return f'IF({at.answer}={quoted(YES)},{most},IF({at.answer}={quoted(NO)},0,""))'


def _levels(parameters: Mapping[str, Any], most: Decimal, at: Place) -> str:
    return f'IF({at.answer}="","",SUMPRODUCT(({at.choices}={at.answer})*{at.scores}))'


def _ratio(parameters: Mapping[str, Any], most: Decimal, at: Place) -> str:
    floor = parameters.get("floor", "0")
    share = f"IF({at.answer}*100<{floor}*{at.of},0,ROUND({at.answer}*{most}/{at.of},2))"
    inner = f'IF(OR({at.answer}="",{at.of}="",{at.of}=0),"",{share})'
    if parameters.get("none") and at.case:
        inner = f"IF({at.case}={quoted(plain(str(parameters['none']))[:200])},{most},{inner})"
    return inner


def _bands(parameters: Mapping[str, Any], most: Decimal, at: Place) -> str:
    inner = "0"
    for band in sorted(parameters["bands"], key=lambda each: Decimal(each["from"])):
        inner = f"IF({at.answer}>={band['from']},{band['points']},{inner})"
    return f'IF({at.answer}="","",{inner})'


def _count(parameters: Mapping[str, Any], most: Decimal, at: Place) -> str:
    if "items" not in parameters:
        return f'IF({at.answer}="","",MIN({most},ROUND({at.answer}*{parameters["each"]},2)))'
    ticks = "+".join(
        f"({cell}={quoted(TICK)})*{item['points']}" for cell, item in zip(at.items, parameters["items"], strict=False)
    )
    none = f"{at.case}={quoted(NO_ITEMS)}" if at.case else "FALSE"
    any_tick = "+".join(f"({cell}={quoted(TICK)})" for cell in at.items) or "0"
    return f'IF({none},0,IF({any_tick}=0,"",MIN({most},{ticks or "0"})))'


def _deadline(parameters: Mapping[str, Any], most: Decimal, at: Place) -> str:
    inner = "0"
    for step in sorted(parameters["steps"], key=lambda each: -int(each["days"])):
        inner = f"IF({at.answer}<={step['days']},{step['points']},{inner})"
    inner = f'IF({at.answer}="","",{inner})'
    return f"IF({at.case}={quoted(NEVER)},0,{inner})" if at.case else inner


def _entered(parameters: Mapping[str, Any], most: Decimal, at: Place) -> str:
    return f'IF({at.answer}="","",{at.answer})'


def _measured(parameters: Mapping[str, Any], most: Decimal, at: Place) -> str:
    better = ">=" if parameters.get("higher_is_better", True) else "<="
    green, yellow = parameters["green"], parameters["yellow"]
    words = [quoted(LIGHTS[light]) for light in ("green", "yellow", "red")]
    chosen = f"IF({at.answer}{better}{green},{words[0]},IF({at.answer}{better}{yellow},{words[1]},{words[2]}))"
    return f'IF({at.answer}="","",{chosen})'


_KINDS = {
    Kind.YES_NO: _yes_no,
    Kind.LEVELS: _levels,
    Kind.RATIO: _ratio,
    Kind.BANDS: _bands,
    Kind.COUNT: _count,
    Kind.DEADLINE: _deadline,
    Kind.POINTS: _entered,
    Kind.RAG: _entered,
    Kind.MEASURED: _measured,
    Kind.ROLL_UP: _entered,
}


def _lit(cells: Sequence[str], word: str) -> str:
    return "+".join(f"({cell}={quoted(word)})" for cell in cells) or "0"


def _worst(parts: Sequence[str]) -> str:
    """Nothing until every part has its light; then the worst."""
    if not parts:
        return '""'
    blank = "+".join(f'({cell}="")' for cell in parts)
    red, yellow = _lit(parts, LIGHTS["red"]), _lit(parts, LIGHTS["yellow"])
    words = {light: quoted(word) for light, word in LIGHTS.items()}
    return f'IF({blank}>0,"",IF({red}>0,{words["red"]},IF({yellow}>0,{words["yellow"]},{words["green"]})))'


def lights_formula(cells: Sequence[str]) -> str:
    """How many of each: "Xanh 3 · Vàng 2 · Đỏ 0"."""
    shown = [f'"{word} "&({_lit(cells, word)})' for word in LIGHTS.values()]
    return "=" + '&" · "&'.join(shown)


@dataclass(frozen=True)
class Term:
    """A cell with points that enters a sum `weight` times."""

    cell: str
    weight: Decimal = Decimal(1)


def sum_formula(terms: Sequence[Term]) -> str:
    """Blank cells count nothing, N() reads a text as 0; blank while nothing is scored."""
    if not terms:
        return '=""'
    return f'=IF(COUNT({",".join(term.cell for term in terms[:MOST_ARGUMENTS])})=0,"",{_sum(terms)})'


def _sum(terms: Sequence[Term]) -> str:
    said = [f"N({term.cell})" if term.weight == 1 else f"N({term.cell})*{_plain(term.weight)}" for term in terms]
    return "+".join(said) or "0"


def total_formula(
    groups: Sequence[Term],
    skipped: Sequence[tuple[str, Decimal]],
    bonus: Sequence[Term],
    deduction: Sequence[Term],
    policy: Policy,
    maximum: Decimal,
) -> str:
    """The total by the policy of the set. `skipped`: the cell for other cases of each criterion that may not apply,
    with what its maximum is worth in the sum."""
    total = f"({_sum(groups)})"
    if policy.not_applicable is NotApplicable.EXCLUDED and skipped:
        left_out = "+".join(f"({cell}={quoted(NOT_APPLICABLE)})*{_plain(worth)}" for cell, worth in skipped)
        total = f"{total}*{_plain(maximum)}/MAX(0.01,{_plain(maximum)}-({left_out}))"
    for terms, cap, sign in ((bonus, policy.bonus_cap, "+"), (deduction, policy.deduction_cap, "-")):
        if terms:
            given = f"({_sum(terms)})" if cap is None else f"MIN({_plain(cap)},{_sum(terms)})"
            total = f"{total}{sign}{given}"
    ceiling = maximum if policy.ceiling is None else policy.ceiling
    how = "ROUNDDOWN" if policy.rounding.mode == "down" else "ROUND"
    return f"=MAX({_plain(policy.floor)},MIN({_plain(ceiling)},{how}({total},{policy.rounding.decimals})))"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
