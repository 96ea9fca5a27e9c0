from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.document.decoding import IsEmpty, IsNotUnicode, NotText, decode
from units.models import Unit

DOCUMENT_BYTES = 1_000_000


class DocumentForm(forms.Form):
    """A document as a text file or pasted, never both."""

    file = forms.FileField(
        label=_("Text file (.txt)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,text/plain"}),
        help_text=_("UTF-8, up to 1 MB. Word and PDF files are not read yet: copy their text into the field below."),
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
        if file.size > DOCUMENT_BYTES:
            raise forms.ValidationError(_("The file is larger than 1 MB. Send the text of the plan alone."))
        try:
            return decode(file.read())
        except IsEmpty:
            raise forms.ValidationError(_("The file is empty. Choose the file with the text of the plan.")) from None
        except IsNotUnicode:
            raise forms.ValidationError(_("The file is not UTF-8. Save it as UTF-8 text and send it again.")) from None
        except NotText:
            message = _("This is not a text file. Open the document, copy its text and paste it below.")
            raise forms.ValidationError(message) from None

    def clean_text(self):
        text = self.cleaned_data["text"]
        if len(text.encode("utf-8", "surrogatepass")) > DOCUMENT_BYTES:
            raise forms.ValidationError(_("The text is larger than 1 MB. Paste the text of the plan alone."))
        return text

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        words = [text for text in (data.get("file"), data.get("text")) if text and text.strip()]
        if not words:
            self.add_error("text", _("Choose a text file or paste the text of the document."))
        elif len(words) == 2 and words[0] != words[1]:
            self.add_error("text", _("A file and a text were both given. Clear one of them."))
        else:
            data["text"] = words[0]
        return data
