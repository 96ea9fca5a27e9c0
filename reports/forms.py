from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.renderers import FORMATS


class RequestForm(forms.Form):
    format = forms.ChoiceField(label=_("Format"), choices=[(each.slug, each.label) for each in FORMATS.values()])
