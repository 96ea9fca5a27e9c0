from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.models import Plan


class PlanChoice(forms.ModelChoiceField):
    def label_from_instance(self, plan):
        year = f" ({plan.issue_year})" if plan.issue_year else ""
        name = f"{plan} – {plan.title[:90]}" if plan.number else plan.title[:110]
        return f"{name}{year} · {plan.unit.label}"


class ParentForm(forms.Form):
    """`parents`: plans of other units that the person may read."""

    parent = PlanChoice(
        label=_("Carries out the plan"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=_("None: it stands on its own"),
    )

    def __init__(self, *args, parents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents
