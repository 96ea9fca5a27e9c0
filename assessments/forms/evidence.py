"""What is attached to a row of a sheet."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.forms.evidence import WithEvidence


class RowEvidenceForm(WithEvidence):
    """New files and files the unit sent earlier; `version` is that of the row as it was read."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("files") and not cleaned.get("earlier"):
            self.add_error("files", _("Choose a file, or one that was sent earlier."))
        return cleaned


class DetachForm(forms.Form):
    version = forms.IntegerField(min_value=0)


class CommentForm(forms.Form):
    text = forms.CharField(label=_("Comment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
