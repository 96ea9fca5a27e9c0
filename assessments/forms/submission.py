"""What is sent with a sheet when it is handed on."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SubmitForm(forms.Form):
    """`seen`: when the sheet was last changed as its summary was read."""

    difficulties = forms.CharField(
        label=_("Difficulties and proposals"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What hindered the unit, and what it asks of the province."),
    )
    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])


class TakeBackForm(forms.Form):
    note = forms.CharField(
        label=_("What is to be mended"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
