from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.forms.events import DayInput
from plans.forms.evidence import WithEvidence
from plans.models import ChasedItem, Plan
from units.models import Unit

MOST_LINES = 12
LONGEST_LINE = 200


class LinesField(forms.CharField):
    """A text whose lines are what is meant; blank lines are dropped."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value):
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("Write at most 12 lines."))
        if any(len(line) > LONGEST_LINE for line in lines):
            raise forms.ValidationError(_("A line has at most 200 letters."))
        return lines

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value


class LateFilter(forms.Form):
    """What of all that is late the page shows."""

    plan = forms.ModelChoiceField(label=_("Plan"), queryset=Plan.objects.none(), required=False, empty_label=_("All"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *ChasedItem.Kind.choices], required=False)
    days = forms.IntegerField(label=_("At least so many days late"), min_value=1, max_value=9999, required=False)
    waiting = forms.ChoiceField(
        label=_("Show"),
        choices=[("", _("What may be chased")), ("1", _("Also what waits for an answer"))],
        required=False,
    )

    def __init__(self, *args, plans, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans


class ChasingForm(forms.Form):
    """How the letters of one run go out."""

    unit = forms.ModelChoiceField(label=_("Letters of"), queryset=Unit.objects.none(), empty_label=None)
    respond_by = forms.DateField(
        label=_("Answer by"),
        widget=DayInput,
        help_text=_("The last day, included. Until it has passed the same things are not chased again."),
    )
    symbol = forms.CharField(
        label=_("Symbol"),
        max_length=60,
        required=False,
        help_text=_("What follows the number, for example SKHCN-TĐC. It may be given when the letters are sent."),
    )
    signer_lines = LinesField(
        label=_("Authority of the signer"),
        required=False,
        help_text=_("One line each, for example KT. GIÁM ĐỐC, then PHÓ GIÁM ĐỐC."),
    )
    signer_name = forms.CharField(label=_("Signer"), max_length=120, required=False)
    recipients = LinesField(
        label=_("Other recipients"),
        required=False,
        help_text=_("One a line, the filing line last. “Như trên” comes by itself."),
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units


class SendForm(forms.Form):
    symbol = forms.CharField(
        label=_("Symbol"), max_length=60, required=False, help_text=_("For letters that have none yet.")
    )


class ReplyForm(WithEvidence):
    document = forms.CharField(
        label=_("Document of the reply"),
        max_length=200,
        required=False,
        help_text=_("Number, symbol and date of the unit's own letter, if there is one."),
    )
    reply = forms.CharField(
        label=_("What the unit replies"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 5})
    )

    field_order = ["document", "reply", "files", "earlier"]


class RegisterForm(forms.Form):
    """A number that the registry gave to another document."""

    unit = forms.ModelChoiceField(label=_("Register of"), queryset=Unit.objects.none(), empty_label=None)
    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=999_999)
    symbol = forms.CharField(label=_("Symbol"), max_length=60, required=False)
    issued_on = forms.DateField(label=_("Date"), widget=DayInput)
    subject = forms.CharField(label=_("Subject"), max_length=300)

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
