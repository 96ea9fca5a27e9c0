from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class IssueForm(forms.Form):
    """Asks only for what the paper leaves blank."""

    number = forms.CharField(label=_("Number"), max_length=20, help_text=_("As the registry gave it, for example 231."))
    issue_date = forms.DateField(
        label=_("Date of issue"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    signer_name = forms.CharField(label=_("Name of the signer"), max_length=120)

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        known = {"number": plan.number, "issue_date": plan.issue_date, "signer_name": plan.signer_name}
        for name, value in known.items():
            if value:
                del self.fields[name]
        if "issue_date" in self.fields and plan.issue_year and plan.issue_month:
            month = f"{plan.issue_year}-{plan.issue_month:02d}"
            self.fields["issue_date"].widget.attrs |= {"min": f"{month}-01"}
