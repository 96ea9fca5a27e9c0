"""What the pages of criteria sets send. Shapes only: what a criterion may be, its rule says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.contexts.criteria_content import Entry
from assessments.contexts.criteria_parameters import LIGHTS, ParameterInvalid, decimal_text
from assessments.contexts.criteria_words import as_lines, from_lines, written
from assessments.contexts.measures import MEASURES
from assessments.contexts.wording import light_word
from assessments.models import CriteriaSet, Criterion
from plans.models import Standard
from units.models import Unit

LARGEST_FILE = 5 * 1024 * 1024
Scoring = Criterion.Scoring
KINDS = {
    CriteriaSet.Scale.POINTS: [
        Scoring.YES_NO,
        Scoring.LEVELS,
        Scoring.RATIO,
        Scoring.BANDS,
        Scoring.COUNT,
        Scoring.DEADLINE,
        Scoring.POINTS,
    ],
    CriteriaSet.Scale.RAG: [Scoring.RAG, Scoring.MEASURED],
}
# The fields in which the numbers of each kind are written, by their name in the form.
WORDS = ("word_green", "word_yellow", "word_red")
PARTS: dict[str, tuple[str, ...]] = {
    Scoring.LEVELS: ("levels",),
    Scoring.RATIO: ("done", "of", "floor", "none"),
    Scoring.BANDS: ("bands",),
    Scoring.COUNT: ("each", "most", "noun", "items"),
    Scoring.DEADLINE: ("steps",),
    Scoring.POINTS: ("step",),
    Scoring.MEASURED: ("unit", "higher_is_better", "green", "yellow", *WORDS),
    Scoring.RAG: WORDS,
    Scoring.ROLL_UP: WORDS,
}
LISTS = ("levels", "bands", "items", "steps")
APPLIES_TO = [Unit.Kind.DEPARTMENT, Unit.Kind.BRANCH, Unit.Kind.DISTRICT, Unit.Kind.COMMUNE]


def _lines(**attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 5, **attrs})


class NewSetForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    standard = forms.ModelChoiceField(label=_("Standard"), queryset=Standard.objects.order_by("code", "edition"))
    scale = forms.ChoiceField(label=_("Scale"), choices=CriteriaSet.Scale.choices, widget=forms.RadioSelect)


class HeadForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    note = forms.CharField(label=_("Note"), max_length=4000, required=False, widget=_lines(rows=3))
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class RevisionForm(forms.Form):
    """An act that has no words of its own, on the draft as it was read."""

    revision = forms.IntegerField(min_value=0)


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("Excel or JSON file"),
        help_text=_("A file that was exported here, or one of the same form. Nothing is changed before you agree."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.json"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 5 MB: it is not a criteria set."))
        if not file.name.lower().endswith((".xlsx", ".json")):
            raise forms.ValidationError(_("Choose an .xlsx or a .json file."))
        return file


class CriterionForm(forms.Form):
    """A row of the tree. `is_group` has a title, a weight and, by points, a maximum to be reached; a criterion has all.

    The fields of every kind are there; those of the chosen one are read. `values()` is what the service takes.
    """

    code = forms.CharField(label=_("Code"), max_length=20)
    title = forms.CharField(label=_("Title"), max_length=2000, widget=_lines(rows=2))
    title_en = forms.CharField(label=_("Title in English"), max_length=2000, required=False, widget=_lines(rows=2))
    parent = forms.ChoiceField(label=_("Stands in"), required=False)
    scoring = forms.ChoiceField(label=_("Scoring"))
    max_score = forms.DecimalField(
        label=_("Maximum"), max_digits=6, decimal_places=2, min_value=0, required=False, localize=True
    )
    weight = forms.DecimalField(
        label=_("Weight"), max_digits=6, decimal_places=3, min_value=0, localize=True, required=False
    )
    levels = forms.CharField(
        label=_("Levels"),
        required=False,
        widget=_lines(),
        help_text=_("One a line, the lowest first: points = words, for example “1,5 = Thực hiện một phần”."),
    )
    bands = forms.CharField(
        label=_("Bands"),
        required=False,
        widget=_lines(),
        help_text=_("One a line: from how many percent = points, for example “98 = 8”."),
    )
    steps = forms.CharField(
        label=_("By how many days late"),
        required=False,
        widget=_lines(),
        help_text=_("One a line: days late = points, on time is 0, for example “30 = 2”. Later than the last earns 0."),
    )
    done = forms.CharField(label=_("What is counted"), max_length=300, required=False)
    of = forms.CharField(label=_("Out of what"), max_length=300, required=False)
    floor = forms.CharField(
        label=_("Floor (%)"), max_length=8, required=False, help_text=_("Under this share nothing is earned.")
    )
    none = forms.CharField(
        label=_("Full points when there is nothing to measure"),
        max_length=300,
        required=False,
        help_text=_("The words of the box to be ticked; empty: both numbers must be given."),
    )
    each = forms.CharField(label=_("Points for each"), max_length=8, required=False)
    most = forms.CharField(label=_("At most how many"), max_length=5, required=False)
    noun = forms.CharField(label=_("What is counted"), max_length=300, required=False)
    items = forms.CharField(
        label=_("Or a list of items to be ticked"),
        required=False,
        widget=_lines(),
        help_text=_("One a line: points = words. With a list, the three fields above do not count."),
    )
    step = forms.CharField(label=_("Points go by"), max_length=8, required=False)
    unit = forms.CharField(label=_("Unit of measurement"), max_length=60, required=False)
    higher_is_better = forms.BooleanField(label=_("Higher is better"), required=False)
    green = forms.CharField(label=_("Threshold of green"), max_length=20, required=False)
    yellow = forms.CharField(label=_("Threshold of yellow"), max_length=20, required=False)
    word_green = forms.CharField(max_length=300, required=False, widget=_lines(rows=2))
    word_yellow = forms.CharField(max_length=300, required=False, widget=_lines(rows=2))
    word_red = forms.CharField(max_length=300, required=False, widget=_lines(rows=2))
    assumed = forms.BooleanField(label=_("The numbers are preset, not in the rule's text"), required=False)
    counts = forms.ChoiceField(label=_("How it enters the total"), choices=Criterion.Counts.choices, required=False)
    scored_by = forms.ChoiceField(label=_("Scored by"), choices=Criterion.ScoredBy.choices, required=False)
    measure = forms.ChoiceField(
        label=_("What the system measures"),
        required=False,
        choices=[("", "–"), *((name, measure.title) for name, measure in MEASURES.items())],
        help_text=_("Only where the system scores."),
    )
    skippable = forms.BooleanField(label=_("A unit may say that it is not applicable"), required=False)
    evidence_required = forms.BooleanField(label=_("Evidence is required"), required=False)
    evidence = forms.CharField(label=_("Which evidence"), max_length=2000, required=False, widget=_lines(rows=2))
    applies_to = forms.MultipleChoiceField(
        label=_("Applies only to"),
        choices=[(kind.value, kind.label) for kind in APPLIES_TO],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: to all units."),
    )
    rule = forms.CharField(label=_("Rule, as it is printed"), max_length=4000, required=False, widget=_lines(rows=3))
    sdg = forms.CharField(label=_("Sustainable development goals"), max_length=60, required=False)
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data=None, *, scale, is_group, parents, entry: Entry | None = None, **kwargs):
        super().__init__(data, **kwargs)
        self.scale, self.is_group, self.entry = scale, is_group, entry
        self._choice("parent").choices = parents
        kinds = [Scoring.GROUP] if is_group else list(KINDS[scale])
        if entry and entry.scoring not in kinds:
            kinds.append(Scoring(entry.scoring))
        self._choice("scoring").choices = [(kind.value, kind.label) for kind in kinds]
        for light in LIGHTS:
            label = _("What %(light)s means") % {"light": light_word(light).lower()}
            self.fields[f"word_{light}"].label = label
        by_points = scale == CriteriaSet.Scale.POINTS
        if is_group:
            for name in set(self.fields) - {"code", "title", "title_en", "parent", "max_score", "weight", "revision"}:
                del self.fields[name]
        if not by_points:
            for name in {"max_score", "counts", "weight"} & set(self.fields):
                del self.fields[name]
        if entry and entry.locked:
            for name in ("code", "parent"):
                self.fields[name].disabled = True

    def _choice(self, name: str) -> Any:
        return self.fields[name]

    @property
    def kinds(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """(value, words, its own fields) of each kind that can be chosen and has numbers."""
        if self.is_group:
            return []
        own = {value: [name for name in PARTS.get(value, ()) if name not in WORDS] for value, _words in self._kinds()}
        return [(value, words, [self[name] for name in own[value]]) for value, words in self._kinds() if own[value]]

    @property
    def words(self) -> list[forms.BoundField]:
        """What each light means: of every kind of traffic light."""
        lit = not self.is_group and self.scale == CriteriaSet.Scale.RAG
        return [self[name] for name in WORDS] if lit else []

    def _kinds(self) -> list[tuple[str, str]]:
        return [(value, str(words)) for value, words in self._choice("scoring").choices]

    def values(self) -> dict[str, Any]:
        """Raises ParameterInvalid, with the name of the field."""
        data = self.cleaned_data
        if self.is_group:
            values = {name: data.get(name) for name in ("code", "title", "title_en", "parent")}
            return {**values, **self._numbers(), "scoring": Scoring.GROUP.value}
        plain = ("code", "title", "title_en", "parent", "scoring", "skippable", "evidence_required", "evidence")
        values = {name: data[name] for name in (*plain, "rule", "sdg", "scored_by")}
        values["counts"] = data.get("counts") or Criterion.Counts.NORMAL.value
        values["scored_by"] = data["scored_by"] or Criterion.ScoredBy.UNIT.value
        known = {kind.value for kind in APPLIES_TO}
        others = [kind for kind in (self.entry.applies_to if self.entry else ()) if kind not in known]
        values["applies_to"] = [*others, *data["applies_to"]]
        return {**values, **self._numbers(), "parameters": self._parameters(data["scoring"])}

    def _numbers(self) -> dict[str, Any]:
        numbers: dict[str, Any] = {}
        if "max_score" in self.fields:
            maximum = self.cleaned_data["max_score"]
            numbers["max_score"] = None if maximum is None else f"{maximum:.2f}"
        if "weight" in self.fields:
            weight = self.cleaned_data["weight"]
            numbers["weight"] = f"{Decimal(1) if weight is None else weight:f}"
        return numbers

    def _parameters(self, kind: str) -> dict[str, Any]:
        data = self.cleaned_data
        found: dict[str, Any] = {}
        for name in PARTS.get(kind, ()):
            value = data[name]
            if name in LISTS:
                found[name] = from_lines(name, value)
            elif name.startswith("word_"):
                found.setdefault("words", {})[name.removeprefix("word_")] = value
            elif value != "":
                found[name] = value
        if kind == Scoring.COUNT:
            dropped = ("each", "most", "noun") if found["items"] else ("items",)
            found = {name: value for name, value in found.items() if name not in dropped}
        if data["assumed"]:
            found["assumed"] = True
        if data["measure"] and data["scored_by"] == Criterion.ScoredBy.SYSTEM:
            found["measure"] = data["measure"]
        return found

    def accept(self, faults) -> None:
        """Put what the rule refuses to the field it is about."""
        for fault in faults:
            name = fault.field
            if name == "parameters":
                parts = PARTS.get(self.cleaned_data.get("scoring", ""), ())
                name = parts[0] if parts else ""
            self.add_error(name if name in self.fields else None, fault.text)

    def refuse(self, error: ParameterInvalid) -> None:
        parts = PARTS.get(self.cleaned_data.get("scoring", ""), ())
        self.add_error(next((name for name in parts if name in LISTS), None), str(error))


def initial_of(entry: Entry) -> dict[str, Any]:
    """What the form of a criterion shows before anything is typed."""
    given = entry.parameters
    values: dict[str, Any] = {
        name: getattr(entry, name)
        for name in (
            "code",
            "title",
            "title_en",
            "parent",
            "scoring",
            "counts",
            "scored_by",
            "skippable",
            "evidence_required",
            "evidence",
            "rule",
            "sdg",
        )
    }
    values |= {name: as_lines(name, given[name]) for name in LISTS if name in given}
    values |= {name: written(given[name]) for name in ("floor", "each", "step", "green", "yellow") if name in given}
    values |= {name: given[name] for name in ("done", "of", "none", "most", "noun", "unit") if name in given}
    values |= {f"word_{light}": text for light, text in given.get("words", {}).items()}
    values["higher_is_better"] = given.get("higher_is_better", True)
    values["assumed"], values["measure"] = bool(given.get("assumed")), given.get("measure", "")
    values["applies_to"] = list(entry.applies_to)
    values["max_score"] = None if entry.max_score is None else Decimal(decimal_text(Decimal(entry.max_score)))
    values["weight"] = Decimal(decimal_text(Decimal(entry.weight)))
    return values
