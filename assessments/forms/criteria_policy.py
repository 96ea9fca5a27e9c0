"""What the page of a set's policy sends: totals, grades, knock-outs, ties."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.contexts.criteria_parameters import decimal_text
from assessments.contexts.policy_words import GRADE_ON, KNOCKED_OUT, NOT_APPLICABLE, ROUNDING


def points(label: Any, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=7, decimal_places=2, min_value=0, localize=True, **kwargs)


class PolicyForm(forms.Form):
    not_applicable = forms.ChoiceField(
        label=_("A criterion that is not applicable"), choices=list(NOT_APPLICABLE.items()), widget=forms.RadioSelect
    )
    mode = forms.ChoiceField(label=_("Rounding of the total"), choices=list(ROUNDING.items()))
    decimals = forms.TypedChoiceField(label=_("Decimals"), choices=[(n, n) for n in (0, 1, 2)], coerce=int)
    bonus_cap = points(_("Bonus points at most"), required=False)
    deduction_cap = points(_("Deducted points at most"), required=False)
    floor = points(_("Total at least"), required=False)
    ceiling = points(_("Total at most"), required=False, help_text=_("Empty: the maximum of the set."))
    grade_on = forms.ChoiceField(label=_("Grades by"), choices=list(GRADE_ON.items()))
    knocked_out = forms.ChoiceField(
        label=_("A unit whose grade that lowers"), choices=list(KNOCKED_OUT.items()), widget=forms.RadioSelect
    )
    tie_breaks = forms.CharField(
        label=_("Equal totals: who has more here stands first"),
        required=False,
        max_length=200,
        help_text=_("Codes of groups or criteria in their order, with a semicolon between."),
    )
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class GradeForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=30)
    title = forms.CharField(label=_("Grade"), max_length=60)
    title_en = forms.CharField(label=_("In English"), max_length=60, required=False)
    least = points(_("From"))


class KnockOutForm(forms.Form):
    criterion = forms.CharField(label=_("Criterion or group"), max_length=20)
    below = points(_("Under"))
    at_most = forms.CharField(label=_("At most the grade"), max_length=30)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


GradeFormSet = forms.formset_factory(GradeForm, extra=3, max_num=12, absolute_max=20, can_delete=True)
KnockOutFormSet = forms.formset_factory(KnockOutForm, extra=3, max_num=30, absolute_max=40, can_delete=True)


def _number(value: Any) -> str:
    return decimal_text(Decimal(value))


def policy_from(form: PolicyForm, grades: Any, knock_outs: Any) -> dict[str, Any]:
    """The policy's data, of valid forms."""
    data = form.cleaned_data
    policy: dict[str, Any] = {
        "not_applicable": data["not_applicable"],
        "rounding": {"mode": data["mode"], "decimals": data["decimals"]},
        "grade_on": data["grade_on"],
        "knocked_out": data["knocked_out"],
        "tie_breaks": [code for each in data["tie_breaks"].split(";") if (code := each.strip())],
    }
    for name in ("bonus_cap", "deduction_cap", "floor", "ceiling"):
        if data[name] is not None:
            policy[name] = _number(data[name])
    rows = [row for row in grades.cleaned_data if row and not row.get("DELETE")]
    policy["grades"] = [
        {"code": row["code"], "title": row["title"], "title_en": row["title_en"], "from": _number(row["least"])}
        for row in rows
    ]
    rows = [row for row in knock_outs.cleaned_data if row and not row.get("DELETE")]
    policy["knock_outs"] = [
        {name: row[name] for name in ("criterion", "at_most", "reason")} | {"below": _number(row["below"])}
        for row in rows
    ]
    return policy


def policy_initial(policy: Any) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """What the three forms show of `policy`, a `scoring.Policy`."""
    head = {name: getattr(policy, name) for name in ("bonus_cap", "deduction_cap", "floor", "ceiling")}
    head |= {name: str(getattr(policy, name)) for name in ("not_applicable", "grade_on", "knocked_out")}
    head |= {"mode": str(policy.rounding.mode), "decimals": policy.rounding.decimals}
    head["tie_breaks"] = "; ".join(policy.tie_breaks)
    grades = [
        {"code": each.code, "title": each.title, "title_en": each.title_en, "least": each.least}
        for each in policy.grades
    ]
    knock_outs = [
        {"criterion": each.code, "below": each.below, "at_most": each.at_most, "reason": each.reason}
        for each in policy.knock_outs
    ]
    return head, grades, knock_outs
