from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.registry import ReportKind
from reports.registry.options import Choice, Day, UnitChoice
from reports.renderers import FORMATS
from units.models import User


class RequestForm(forms.Form):
    """Which of the formats that the kind is made in."""

    format = forms.ChoiceField(label=_("Format"))

    def __init__(self, kind: ReportKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["format"].choices = [(slug, FORMATS[slug].label) for slug in kind.formats]  # type: ignore[attr-defined]
        given = str(self.data.get("format", ""))
        self.fields["format"].error_messages["invalid_choice"] = kind.refusal_of(given)


class OptionsForm(forms.Form):
    """The choices of a kind as fields of a GET form, filled with what is chosen."""

    def __init__(self, kind: ReportKind, params: Mapping[str, Any], *, user: User) -> None:
        super().__init__(initial={each.name: params.get(each.name, each.default) for each in kind.options})
        for option in kind.options:
            self.fields[option.name] = self._field(option, user)

    @staticmethod
    def _field(option: Any, user: User) -> forms.Field:
        if isinstance(option, Choice):
            return forms.ChoiceField(label=option.label, choices=list(option.choices), required=False)
        if isinstance(option, Day):
            return forms.CharField(label=option.label, widget=forms.DateInput(attrs={"type": "date"}), required=False)
        if isinstance(option, UnitChoice):
            units = [(str(unit.pk), unit.label) for unit in option.units(user)]
            return forms.ChoiceField(label=option.label, choices=[("", _("All units")), *units], required=False)
        return forms.CharField(label=option.label, required=False)
