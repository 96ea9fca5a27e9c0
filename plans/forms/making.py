from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.models import Plan
from units.models import Unit


class PlanForm(forms.Form):
    """What a plan needs before its content is written."""

    unit = forms.ModelChoiceField(label=_("Issuing unit"), queryset=Unit.objects.none(), empty_label=None)
    kind = forms.CharField(
        label=_("Kind of document"),
        max_length=60,
        initial="KẾ HOẠCH",
        help_text=_("As it stands on the paper above the title, for example KẾ HOẠCH."),
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("As it will stand on the paper under the kind of document."),
    )
    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2200, required=False)
    parent = forms.ModelChoiceField(
        label=_("Carries out the plan"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=_("No plan above it"),
        help_text=_("The province's plan that this unit's plan puts into practice."),
    )

    def __init__(self, *args, units, parents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["parent"].queryset = parents
        self.fields["parent"].label_from_instance = lambda plan: f"{plan} – {plan.title[:100]}"
        self.fields["year"].initial = timezone.localdate().year
        if not units.exists():
            raise PermissionDenied
