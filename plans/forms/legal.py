from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.models import LegalDocument

ACCEPT = ".pdf,.doc,.docx,.jpg,.jpeg,.png"


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LegalDocumentForm(forms.ModelForm):
    """A record as it stands on the document; `version` is that of the page. The rules are the service's."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        help_text=_("The document as PDF, Word or a picture, if you have it."),
    )

    class Meta:
        model = LegalDocument
        fields = ["kind", "number", "issued_on", "issuer", "abstract", "valid_from", "valid_to"]
        widgets = {
            "issued_on": day_input(),
            "valid_from": day_input(),
            "valid_to": day_input(),
            "abstract": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "number": _("As written, for example 19/2014/QĐ-TTg. A law without a number is called by its abstract."),
            "abstract": _("What it is about; for a law its name."),
            "valid_to": _("The last day it holds. Leave it blank while none is set."),
        }

    def clean_number(self):
        return "".join(self.cleaned_data["number"].split())

    def _post_clean(self):
        """The row is the service's to make and to check: nothing is written to the instance here."""

    def values(self):
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class RecordChoice(forms.ModelChoiceField):
    def label_from_instance(self, document):
        day = f"{document.issued_on:%-d/%-m/%Y}" if document.issued_on else ""
        words = document.abstract if document.number else ""
        return " · ".join(filter(None, [str(document), day, words[:70]]))


class ReplaceForm(forms.Form):
    """`others`: the records of the same register."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    successor = RecordChoice(
        label=_("Replaced by"),
        queryset=LegalDocument.objects.none(),
        required=False,
        empty_label=_("By nothing: it still holds"),
        help_text=_("A document that is not in the list is added to the register first."),
    )
    on = forms.DateField(
        label=_("From"),
        required=False,
        widget=day_input(),
        help_text=_("The day from which the new document holds in its place."),
    )

    def __init__(self, *args, document, others, **kwargs):
        initial = {
            "version": document.version,
            "successor": document.replaced_by_id,
            "on": document.replaced_on or timezone.localdate(),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["successor"].queryset = others

    def clean(self):
        data = super().clean()
        if data.get("successor") and not data.get("on") and "on" not in self.errors:
            self.add_error("on", _("Give the day from which it is replaced."))
        return data


class MergeForm(forms.Form):
    duplicate = RecordChoice(
        label=_("The other record of the same document"),
        queryset=LegalDocument.objects.none(),
        empty_label=_("Choose a record"),
    )

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["duplicate"].queryset = others
