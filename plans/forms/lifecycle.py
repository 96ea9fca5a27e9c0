from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

REASON_LENGTH = 2000


class ActForm(forms.Form):
    """An act on a plan as the person saw it: `version` is that of the page they decided on."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args, plan, **kwargs):
        kwargs.setdefault("initial", {}).setdefault("version", plan.version)
        super().__init__(*args, **kwargs)


class ReasonForm(ActForm):
    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 4}))


class CloseForm(ReasonForm):
    """A reason is asked for only while something of the plan is not finished."""

    def __init__(self, *args, unfinished, **kwargs):
        super().__init__(*args, **kwargs)
        if unfinished:
            self.fields["reason"].help_text = _("Something of this plan is not finished: say why you close it so.")
        else:
            self.fields["reason"].label = _("Note")
            self.fields["reason"].required = False


class IssueForm(ActForm):
    """Asks only for what the paper leaves blank, and takes the scan of the signed copy."""

    number = forms.CharField(label=_("Number"), max_length=20, help_text=_("As the registry gave it, for example 231."))
    symbol = forms.CharField(
        label=_("Symbol"), max_length=60, required=False, help_text=_("What follows the number, for example KH-UBND.")
    )
    issue_date = forms.DateField(
        label=_("Date of issue"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    signer_name = forms.CharField(label=_("Name of the signer"), max_length=120)
    file = forms.FileField(
        label=_("Scan of the signed copy"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("A PDF or a picture, if you have it."),
    )

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, plan=plan, **kwargs)
        known = {
            "number": plan.number,
            "symbol": plan.symbol,
            "issue_date": plan.issue_date,
            "signer_name": plan.signer_name,
        }
        for name, value in known.items():
            if value:
                del self.fields[name]
        if "issue_date" in self.fields:
            limits = {"max": timezone.localdate().isoformat()}
            if plan.issue_year and plan.issue_month:
                limits["min"] = f"{plan.issue_year}-{plan.issue_month:02d}-01"
            self.fields["issue_date"].widget.attrs |= limits
