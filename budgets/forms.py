from __future__ import annotations

import re
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from isoportal.templatetags.formats import in_vietnamese

MAX_LENGTH = 30

# What people write after a sum, and what they put between its thousands: 12.500.000 đ, 12 500 000, 12500000 đồng.
CURRENCY = re.compile(r"\s*(?:đồng|đ|₫|vnđ|vnd)\.?$", re.IGNORECASE)
PLAIN = re.compile(r"[0-9]+")
GROUPED = re.compile(r"[0-9]{1,3}(?:([.\s'])[0-9]{3})(?:\1[0-9]{3})*")
# One comma may be a decimal one ("12,500"); two cannot, and in English none is.
WITH_COMMAS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){2,}")
WITH_COMMA = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")


class AmountField(forms.Field):
    """Whole đồng as people type them; cleans to an int. The range is the services' rule."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": MAX_LENGTH})
    default_error_messages = {
        "invalid": _("“%(value)s” is not a whole number of đồng. Enter it like 12.500.000."),
    }

    def to_python(self, value) -> int | None:
        text = CURRENCY.sub("", " ".join((value or "").split()))
        if not text:
            return None
        commas = WITH_COMMAS if in_vietnamese() else WITH_COMMA
        if len(text) <= MAX_LENGTH and any(form.fullmatch(text) for form in (PLAIN, GROUPED, commas)):
            return int(re.sub(r"[^0-9]", "", text))
        raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": value[:40]})


class SpendForm(forms.Form):
    amount = AmountField(label=_("Amount (đồng)"), help_text=_("For example 12.500.000"))
    spent_on = forms.DateField(
        label=_("Day"), initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    description = forms.CharField(label=_("What for"), max_length=300)
    voucher = forms.CharField(label=_("Voucher"), max_length=60, required=False, help_text=_("Number of the paper"))
    key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)


class CeilingForm(forms.Form):
    amount = AmountField(label=_("Total (đồng)"), help_text=_("For example 84.000.000"))
    reason = forms.CharField(
        label=_("Decision or reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Number, day and issuer of the decision that grants or changes the money"),
    )


class ReverseForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
