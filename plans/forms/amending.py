from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AmendmentReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is the plan amended?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason is kept with the amendment and shown to those it concerns."),
    )


class AmendmentIssueForm(forms.Form):
    """What the registry and the signer gave the amendment; whether it is enough is the service's to say."""

    number = forms.CharField(label=_("Number"), max_length=20, help_text=_("As the registry gave it, for example 231."))
    symbol = forms.CharField(label=_("Symbol"), max_length=60, required=False)
    issued_on = forms.DateField(
        label=_("Date of issue"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    signer_name = forms.CharField(label=_("Name of the signer"), max_length=120)
    file = forms.FileField(
        label=_("Signed copy"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.jpg,.png"}),
        help_text=_("The scanned document, PDF if possible, at most 20 MB."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput())
