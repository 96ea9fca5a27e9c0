"""Whether the parameters of a rule can be scored by: asked when a criteria set is loaded."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from assessments.scoring.rule import HUNDRED, InvalidRule, Kind, Rule, maximum_of


def check(rule: Rule) -> None:
    """Raise InvalidRule unless the rule gives 0 to its maximum, and the maximum can be reached."""
    given = rule.parameters
    try:
        offered = {
            Kind.LEVELS: lambda: [Decimal(level["points"]) for level in given["levels"] if level["label"]],
            Kind.BANDS: lambda: [Decimal(b["points"]) for b in given["bands"] if 0 <= Decimal(b["from"]) <= HUNDRED],
            Kind.DEADLINE: lambda: [Decimal(step["points"]) for step in given["steps"] if int(step["days"]) >= 0],
            Kind.COUNT: lambda: (
                [sum((Decimal(item["points"]) for item in given["items"] if item["label"]), Decimal(0))]
                if "items" in given
                else [Decimal(given["each"]) * int(given["most"])]
            ),
        }.get(rule.kind, lambda: [rule.maximum] if rule.maximum is not None else [])()
        floor = Decimal(given.get("floor", "0"))
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise InvalidRule(f"{rule.code}: the parameters of {rule.kind} are incomplete ({error!r})") from error
    if rule.kind is Kind.RAG:
        return
    if not offered or max(offered) != maximum_of(rule) or min(offered) < 0 or not 0 <= floor <= HUNDRED:
        raise InvalidRule(f"{rule.code}: the parameters of {rule.kind} must give 0 to {rule.maximum} points")
