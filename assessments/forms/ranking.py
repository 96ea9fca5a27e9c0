"""What the ranking of a round can be narrowed by."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.contexts.ranking import RankingTable
from assessments.models import Assessment, Round

LONGEST_NAME = 100


class RankingForm(forms.Form):
    group = forms.ChoiceField(label=_("Ranking group"), required=False)
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    name = forms.CharField(label=_("Unit"), required=False, max_length=LONGEST_NAME)

    def __init__(self, *args, table: RankingTable, **kwargs):
        super().__init__(*args, **kwargs)
        everything = ("", _("All"))
        if len(table.groups) > 1:
            self.fields["group"].choices = [  # type: ignore[attr-defined]
                everything,
                *((each.code, each.title) for each in table.groups),
            ]
        else:
            del self.fields["group"]
        if table.grades:
            self.fields["grade"].choices = [everything, *table.grades.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["grade"]

    def narrowed(self, round_: Round) -> QuerySet[Assessment] | None:
        """The sheets that fit, None where nothing is narrowed; a filter that is none of the choices fits nothing."""
        if not any(self.data.get(name) for name in self.fields):
            return None
        sheets = Assessment.objects.filter(round=round_)
        if not self.is_valid():
            return sheets.none()
        if group := self.cleaned_data.get("group"):
            sheets = sheets.filter(ranking_group=group)
        if grade := self.cleaned_data.get("grade"):
            sheets = sheets.filter(grade=grade)
        if name := self.cleaned_data.get("name"):
            sheets = sheets.filter(unit__name__icontains=name)
        return sheets
