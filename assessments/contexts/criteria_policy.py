"""The policy of a set in one written form: what has its default value is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessments import scoring
from assessments.contexts.criteria_parameters import decimal_text, tidy


def _tidied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _tidied(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_tidied(each) for each in value]
    return tidy(value) if isinstance(value, str) else value


def policy_data(policy: scoring.Policy) -> dict[str, Any]:
    """The data of which `scoring.read_policy` makes `policy`."""
    default = scoring.DEFAULT_POLICY
    data: dict[str, Any] = {}
    for name in ("not_applicable", "grade_on", "knocked_out"):
        if (value := getattr(policy, name)) != getattr(default, name):
            data[name] = str(value)
    if policy.rounding != default.rounding:
        data["rounding"] = {"mode": str(policy.rounding.mode), "decimals": policy.rounding.decimals}
    for name in ("bonus_cap", "deduction_cap", "floor", "ceiling"):
        value = getattr(policy, name)
        if value is not None and value != getattr(default, name):
            data[name] = decimal_text(value)
    if policy.grades:
        data["grades"] = [
            {"code": grade.code, "title": grade.title, "from": decimal_text(grade.least)}
            | ({"title_en": grade.title_en} if grade.title_en else {})
            for grade in policy.grades
        ]
    if policy.knock_outs:
        data["knock_outs"] = [
            {"criterion": each.code, "below": decimal_text(each.below), "at_most": each.at_most}
            | ({"reason": each.reason} if each.reason else {})
            for each in policy.knock_outs
        ]
    if policy.tie_breaks:
        data["tie_breaks"] = list(policy.tie_breaks)
    return data


def canonical_policy(given: Mapping[str, Any]) -> dict[str, Any]:
    """Raises scoring.InvalidRule, which names the setting."""
    return policy_data(scoring.read_policy(_tidied(given)))
