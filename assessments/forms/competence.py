"""Whose affair an indicator is, as its row form sends it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import Competence


class CompetenceForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Competence"), choices=[("", _("Not said")), *Competence.Kind.choices], required=False
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
