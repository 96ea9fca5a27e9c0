from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.models import TaskPerformer
from units.models import Unit


class AssignForm(forms.Form):
    """A unit of the plan's province that does not perform the task yet."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=_("Choose a unit"))
    role = forms.ChoiceField(
        label=_("Role"), choices=TaskPerformer.Role.choices, initial=TaskPerformer.Role.EXECUTE, required=False
    )

    def __init__(self, *args, task, **kwargs):
        super().__init__(*args, **kwargs)
        day = task.end or task.plan.issue_date
        units = Unit.objects.filter(path__startswith=task.plan.reach).order_by("kind", "name")
        self.fields["unit"].queryset = units.valid_on(day) if day else units

    def clean_role(self):
        return self.cleaned_data["role"] or TaskPerformer.Role.EXECUTE
