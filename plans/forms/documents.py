from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.document.files import LARGEST_TEXT, plain
from plans.document.legacy import is_legacy
from plans.services.papers import UnreadablePaper, read_paper
from units.models import Unit

DOCUMENT_BYTES = LARGEST_TEXT


class DocumentForm(forms.Form):
    """A document as a file (text, Word, PDF) or pasted, never both."""

    file = forms.FileField(
        label=_("File (.docx, .pdf, .txt)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.pdf,.txt"}),
        help_text=_("Up to 10 MB. A PDF must have text in it: a scan has only pictures."),
    )
    text = forms.CharField(
        label=_("Text of the document"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
    )
    unit = forms.ModelChoiceField(
        label=_("Issuing unit"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("As the document says"),
        help_text=_("Left as it is, the unit is found by the place and the issuer in the document."),
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file:
            return ""
        try:
            text = read_paper(name=file.name, data=file.read())
        except UnreadablePaper as reason:
            raise forms.ValidationError(str(reason)) from None
        if len(text.encode()) > DOCUMENT_BYTES:
            raise forms.ValidationError(_("The text is larger than 1 MB. Send the text of the plan alone."))
        return text

    def clean_text(self):
        text = plain(self.cleaned_data["text"])
        if len(text.encode("utf-8", "surrogatepass")) > DOCUMENT_BYTES:
            raise forms.ValidationError(_("The text is larger than 1 MB. Paste the text of the plan alone."))
        if is_legacy(text):
            raise forms.ValidationError(
                _("The text is typed in a font from before Unicode (TCVN3 or VNI). Convert it to Unicode and paste it.")
            )
        return text

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        words = [text for text in (data.get("file"), data.get("text")) if text and text.strip()]
        if not words:
            self.add_error("text", _("Choose a file or paste the text of the document."))
        elif len(words) == 2 and words[0] != words[1]:
            self.add_error("text", _("A file and a text were both given. Clear one of them."))
        else:
            data["text"] = words[0]
        return data
