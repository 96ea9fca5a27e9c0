from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

ACCEPT = ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WorkbookForm(forms.Form):
    """One workbook of one sheet."""

    file = forms.FileField(
        label=_("Workbook filled in"),
        help_text=_("The .xlsx file that you downloaded here. Nothing is saved before you agree."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT, "data-drop": ""}),
    )


class WorkbooksForm(forms.Form):
    """A workbook, or a zip of many."""

    file = forms.FileField(
        label=_("Workbooks filled in"),
        help_text=_("A zip of workbooks, or one .xlsx file. Nothing is saved before you agree."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": f".zip,application/zip,{ACCEPT}", "data-drop": ""}),
    )
