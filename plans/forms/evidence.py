from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from plans.models import Evidence
from plans.upload.kinds import EXTENSIONS

ACCEPT = ",".join(f".{extension}" for extension in EXTENSIONS)
MOST_FILES = 20
EARLIER_OFFERED = 50


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.Field):
    """Any number of files; whether they are good is the service's to say."""

    widget = ManyFilesInput

    def to_python(self, value):
        files = [each for each in value or [] if isinstance(each, UploadedFile)]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("Send at most 20 files at a time."))
        return files

    def clean(self, value):
        files = self.to_python(value if isinstance(value, list | tuple) else [value])
        self.validate(files)
        return files


class WithEvidence(forms.Form):
    """What a form takes on to have files attached: new ones and files the units sent earlier.

    `evidence_of`: the files that may be chosen again, e.g. `Evidence.objects.kept().filter(unit=unit)`. The view then
    calls `keep_all(unit=…, files=form.cleaned_data["files"], earlier=form.cleaned_data["earlier"], by=…)`.
    """

    files = FilesField(  # type: ignore[assignment]  # a field, not what was sent: that is the form's `files`
        label=_("Files"),
        required=False,
        widget=ManyFilesInput(attrs={"accept": ACCEPT}),
    )
    earlier = forms.ModelMultipleChoiceField(
        label=_("Or use files sent earlier"),
        queryset=Evidence.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, evidence_of=None, **kwargs):
        super().__init__(*args, **kwargs)
        said = _("PDF, Word, Excel, PowerPoint, pictures or text, at most %(limit)s each.")
        self.fields["files"].help_text = said % {"limit": filesizeformat(settings.MAX_UPLOAD)}
        if evidence_of is not None:
            self.fields["earlier"].queryset = evidence_of
            # What is offered is the last few; what is accepted is any of them.
            recent = list(evidence_of.order_by("-pk")[:EARLIER_OFFERED])
            self.fields["earlier"].choices = [(each.pk, str(each)) for each in recent]
        if not self.fields["earlier"].choices:
            self.fields["earlier"].widget = forms.MultipleHiddenInput()
