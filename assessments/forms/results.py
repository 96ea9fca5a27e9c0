"""What is asked for when results are proposed, approved, published or changed."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.forms.score import ScoreForm
from assessments.models import Criterion

LONGEST_REASON = 2000
LARGEST_ID = 2**63 - 1


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ProposeForm(forms.Form):
    sheets = forms.TypedMultipleChoiceField(coerce=int, required=False)
    reason = forms.CharField(
        label=_("Reason, where a unit may still appeal"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, sheets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sheets"].choices = [(pk, str(pk)) for pk in sheets]
        self.fields["sheets"].error_messages["invalid_choice"] = _("Choose sheets of this round.")

    def clean_sheets(self):
        if not (sheets := self.cleaned_data["sheets"]):
            raise forms.ValidationError(_("Tick at least one sheet."))
        return sheets


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why the proposal is taken back"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )


class DecisionForm(forms.Form):
    """A decision as the paper has it."""

    number = forms.CharField(label=_("Number of the decision"), max_length=60, help_text=_("For example 231/QĐ-UBND."))
    decided_on = DayField(label=_("Date of the decision"), initial=timezone.localdate)
    signer = forms.CharField(label=_("Signer"), max_length=120, required=False)

    def clean_decided_on(self):
        if (day := self.cleaned_data["decided_on"]) > timezone.localdate():
            raise forms.ValidationError(_("The date of a decision cannot lie in the future."))
        return day


class ApproveForm(DecisionForm):
    """`reasons`: of each sheet that is not proposed why it is left out, by its id."""

    def __init__(self, *args, left_out=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].required = False
        self.left_out = list(left_out)

    @property
    def reasons(self) -> dict[int, str]:
        given = {pk: self.data.get(f"left_out_{pk}", "").strip()[:LONGEST_REASON] for pk in self.left_out}
        return {pk: reason for pk, reason in given.items() if reason}


class PublishForm(DecisionForm):
    file = forms.FileField(
        label=_("Signed copy"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("A PDF or a picture, if you have it."),
    )


class ChangeForm(DecisionForm):
    """`answer` is read as a row of the sheet is; `version` that of the sheet as it was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 4}))
    field_order = ["number", "decided_on", "signer", "reason", "version"]

    def __init__(self, *args, criterion: Criterion, **kwargs):
        super().__init__(*args, **kwargs)
        self.criterion = criterion

    @property
    def answer(self):
        sent = self.data if isinstance(self.data, QueryDict) else QueryDict()
        return ScoreForm(sent, criterion=self.criterion).answer
