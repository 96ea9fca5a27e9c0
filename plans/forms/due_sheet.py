from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LARGEST_FILE = 5 * 1024 * 1024


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("Workbook filled in"),
        help_text=_("The .xlsx file that you downloaded here. Nothing is saved before you agree."),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 5 MB: it is not the workbook you downloaded here."))
        return file
