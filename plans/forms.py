from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.document.decoding import IsEmpty, IsNotUnicode, NotText, decode
from plans.models import TaskPerformer
from units.models import Unit

PERCENTS = [(value, str(value)) for value in (0, 20, 40, 60, 80, 100)]
DOCUMENT_BYTES = 1_000_000


class ProgressForm(forms.Form):
    """One tap on a round figure, or the exact one. `units` are those the person may report for."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    percent = forms.TypedChoiceField(
        label=_("How much is done, in percent?"),
        choices=PERCENTS,
        coerce=int,
        empty_value=None,
        error_messages={"required": _("Say how much is done: choose a figure or write the exact one.")},
        widget=forms.RadioSelect,
        help_text=_("Left blank means that there is no figure, not 0."),
    )
    exact = forms.IntegerField(
        label=_("Or the exact percent"),
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    note = forms.CharField(
        label=_("What was done"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        if len(units) == 1:
            self.fields["unit"].initial = units[0].pk
            self.fields["unit"].widget = forms.HiddenInput()
        # Either of the two figures will do; the exact one counts.
        self.fields["percent"].required = not self.data.get("exact")

    def clean(self):
        data = super().clean()
        if data.get("exact") is not None:
            data["percent"] = data["exact"]
        return data


class AssignForm(forms.Form):
    """A unit of the plan's province that does not perform the task yet."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=_("Choose a unit"))
    role = forms.ChoiceField(
        label=_("Role"), choices=TaskPerformer.Role.choices, initial=TaskPerformer.Role.EXECUTE, required=False
    )

    def __init__(self, *args, task, **kwargs):
        super().__init__(*args, **kwargs)
        root = task.plan.unit.path.split("/", 1)[0] + "/"
        day = task.end or task.plan.issue_date
        units = Unit.objects.filter(path__startswith=root).order_by("kind", "name")
        self.fields["unit"].queryset = units.valid_on(day) if day else units

    def clean_role(self):
        return self.cleaned_data["role"] or TaskPerformer.Role.EXECUTE


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
