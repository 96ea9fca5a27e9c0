"""What the pages of inspections send. Only its shape is read here."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models import ChecklistItem, CriteriaSet, Criterion, Finding, Inspection, InspectionMember, Visit
from assessments.services.inspections import Member
from plans.forms.events import DayInput, MomentInput
from plans.forms.evidence import WithEvidence
from plans.models import Plan
from units.access import holders
from units.models import Unit, User
from units.permissions import GRANTS, Permission, Role

LONGEST_TEXT = 20_000


def holders_of_inspections(user):
    """The units in whose name `user` may inspect: those of their own offices, not all below."""
    own = [each.unit_id for each in user.held_roles if Permission.INSPECT in GRANTS[Role(each.role)]]
    return Unit.objects.filter(pk__in=own).order_by("path")


class VersionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def _text(label, *, rows=3, required=False, most=LONGEST_TEXT, help_text=""):
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class InspectionForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Held by"), queryset=Unit.objects.none(), empty_label=None)
    title = forms.CharField(label=_("Title"), max_length=200)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    decision = forms.CharField(
        label=pgettext_lazy("inspection", "By decision"),
        max_length=120,
        required=False,
        help_text=_("Number and symbol of the decision that sets up the team."),
    )
    decided_on = forms.DateField(label=_("Date of the decision"), widget=DayInput, required=False)
    starts_on = forms.DateField(label=pgettext_lazy("period", "From"), widget=DayInput)
    ends_on = forms.DateField(label=pgettext_lazy("period", "To"), widget=DayInput)
    purpose = _text(_("Purpose and content"), rows=4)
    plan = forms.ModelChoiceField(
        label=_("Under the plan"), queryset=Plan.objects.none(), required=False, empty_label=_("None")
    )
    criteria_set = forms.ModelChoiceField(
        label=_("Checklist from the criteria set"),
        queryset=CriteriaSet.objects.none(),
        required=False,
        empty_label=_("None: the team writes its own questions"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args, user, inspection=None, **kwargs):
        super().__init__(*args, **kwargs)
        units = holders_of_inspections(user)
        if inspection is not None:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units
        plans = Plan.objects.allowed_to(user, Permission.PLAN_VIEW)
        held = [inspection.unit_id] if inspection else units.values("pk")
        self.fields["plan"].queryset = plans.filter(unit__in=held).order_by("-issue_year", "title")
        sets = CriteriaSet.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).select_related("standard")
        published = sets.filter(status=CriteriaSet.Status.PUBLISHED)
        if inspection and inspection.criteria_set_id:
            published |= sets.filter(pk=inspection.criteria_set_id)
        self.fields["criteria_set"].queryset = published.order_by("standard__code", "title", "-version")

    @property
    def values(self):
        return {name: value for name, value in self.cleaned_data.items() if name not in {"unit", "version"}}

    @staticmethod
    def values_of(inspection: Inspection):
        return {name: getattr(inspection, name) for name in InspectionForm.base_fields if name != "unit"}


class MemberForm(forms.Form):
    place = forms.ChoiceField(
        label=_("Place in the team"), choices=InspectionMember.Place.choices, initial=InspectionMember.Place.MEMBER
    )
    user = forms.ModelChoiceField(
        label=_("Account"), queryset=User.objects.none(), required=False, empty_label=_("Has no account here")
    )
    name = forms.CharField(label=pgettext_lazy("person", "Full name"), max_length=120, required=False)
    office = forms.CharField(label=_("Office and organ"), max_length=200, required=False)

    def __init__(self, *args, people=None, **kwargs):
        super().__init__(*args, **kwargs)
        if people is not None:
            self.fields["user"].queryset = people

    def clean(self):
        data = super().clean()
        if not self.errors and data.get("office") and not (data.get("name") or data.get("user")):
            self.add_error("name", _("Give the name of this person, or choose an account."))
        return data

    @property
    def member(self):
        """None for a line left empty."""
        data = self.cleaned_data
        if not data.get("name") and not data.get("user"):
            return None
        name = data["name"] or str(data["user"])
        return Member(name=name, office=data["office"], place=data["place"], user=data["user"])


TeamFormSet = forms.formset_factory(MemberForm, extra=3, max_num=40, validate_max=True)


def members_of(formset):
    """In the order of the minutes: head, deputy, secretary, members."""
    ranks = {value: rank for rank, value in enumerate(InspectionMember.Place.values)}
    given = [form.member for form in formset.forms if form.member]
    return sorted(given, key=lambda each: ranks[each.place])


def team_people(inspection: Inspection):
    return User.objects.filter(pk__in=holders(Permission.INSPECT, inspection.unit)).order_by("full_name")


class VisitsForm(forms.Form):
    """Units by kind and one by one, both may be given at once."""

    kinds = forms.MultipleChoiceField(
        label=_("All units of a kind"), choices=(), required=False, widget=forms.CheckboxSelectMultiple
    )
    units = forms.ModelMultipleChoiceField(
        label=_("Units one by one"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
    )
    form = forms.ChoiceField(
        label=pgettext_lazy("visit", "Form"),
        choices=Visit.Form.choices,
        initial=Visit.Form.ON_SITE,
        widget=forms.RadioSelect,
    )
    planned_on = forms.DateField(label=_("Planned for"), widget=DayInput)

    def __init__(self, *args, inspection, **kwargs):
        super().__init__(*args, **kwargs)
        there = inspection.visits.exclude(state=Visit.State.CANCELLED).values("unit")
        below = Unit.objects.filter(path__startswith=inspection.unit.path).valid_on(inspection.starts_on)
        below = below.exclude(pk__in=there).exclude(pk=inspection.unit_id)
        self.fields["units"].queryset = below.order_by("kind", "name")
        present = set(below.order_by().values_list("kind", flat=True).distinct())
        self.fields["kinds"].choices = [(value, label) for value, label in Unit.Kind.choices if value in present]
        self.below = below

    def clean(self):
        data = super().clean()
        if not self.errors and not (data.get("kinds") or data.get("units")):
            raise forms.ValidationError(_("Choose whom to visit: by kind or one by one."))
        return data

    @property
    def chosen(self):
        of_kinds = self.below.filter(kind__in=self.cleaned_data["kinds"]).order_by("kind", "name")
        return [*of_kinds, *self.cleaned_data["units"]] if self.cleaned_data["kinds"] else self.cleaned_data["units"]


class MoveForm(VersionForm):
    planned_on = forms.DateField(label=_("Planned for"), widget=DayInput)
    form = forms.ChoiceField(label=pgettext_lazy("visit", "Form"), choices=Visit.Form.choices, widget=forms.RadioSelect)
    place = forms.CharField(label=pgettext_lazy("event", "Place"), max_length=200, required=False)


class CancelVisitForm(VersionForm):
    reason = _text(_("Why is it cancelled?"), required=True, most=2000, help_text=_("The unit reads this."))


class HoldForm(VersionForm):
    starts_at = forms.DateTimeField(label=pgettext_lazy("visit", "Began"), widget=MomentInput)
    ends_at = forms.DateTimeField(label=pgettext_lazy("visit", "Ended"), widget=MomentInput)
    place = forms.CharField(label=pgettext_lazy("event", "Place"), max_length=200, required=False)
    hosts = _text(
        _("For the unit"),
        rows=4,
        most=4000,
        help_text=_("One person a line: name, office. They stand in the minutes as the inspected party."),
    )


class QuestionsForm(forms.Form):
    criteria = forms.ModelMultipleChoiceField(
        label=_("From the criteria"),
        queryset=Criterion.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    questions = _text(_("Questions of the team's own"), rows=4, help_text=_("One question a line."))

    def __init__(self, *args, offers=(), **kwargs):
        super().__init__(*args, **kwargs)
        ids = [each.criterion.pk for each in offers]
        self.fields["criteria"].queryset = Criterion.objects.filter(pk__in=ids)
        self.fields["criteria"].choices = [(each.criterion.pk, each.label) for each in offers]
        self.initial.setdefault("criteria", [each.criterion.pk for each in offers if each.is_chosen])

    @property
    def lines(self):
        return self.cleaned_data["questions"].splitlines()


class ItemForm(VersionForm):
    result = forms.ChoiceField(
        label=_("Result"), choices=[("", _("No answer")), *ChecklistItem.Result.choices], required=False
    )
    note = _text(_("What was seen"), rows=2, most=4000)


class FindingForm(WithEvidence):
    kind = forms.ChoiceField(label=_("Kind"), choices=Finding.Kind.choices, widget=forms.RadioSelect)
    text = _text(_("What was found"), rows=5, required=True)
    clause = forms.CharField(
        label=_("Clause or rule"), max_length=60, required=False, help_text=_("For instance 7.5.3 of the standard.")
    )
    criterion = forms.ModelChoiceField(
        label=_("Criterion"), queryset=Criterion.objects.none(), required=False, empty_label=_("None")
    )
    due_on = forms.DateField(
        label=_("To be mended by"), widget=DayInput, required=False, help_text=_("Owed for a nonconformity.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    field_order = ["kind", "text", "clause", "criterion", "due_on", "files", "earlier"]

    def __init__(self, *args, criteria, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["criterion"].queryset = criteria

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in ("kind", "text", "clause", "criterion", "due_on")}


class VisitMinutesForm(VersionForm):
    conclusion = _text(_("Conclusion of the team"), rows=6)
    requests = _text(_("What the unit is asked to do"), rows=4, help_text=_("One request a line."))
    opinion = _text(_("Opinion of the unit"), rows=3, help_text=_("As it was said; left blank where there was none."))


class SignForm(WithEvidence):
    signed_by_team = forms.CharField(label=_("Signed for the team"), max_length=120)
    signed_by_unit = forms.CharField(label=_("Signed for the unit"), max_length=120)
    signed_on = forms.DateField(label=_("Signed on"), widget=DayInput)
    opinion = _text(_("Opinion of the unit"), rows=3, help_text=_("What the unit wrote over its signature."))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    field_order = ["signed_by_team", "signed_by_unit", "signed_on", "opinion", "files"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["files"].label = _("Signed copy")

    def clean_files(self):
        files = self.cleaned_data["files"]
        if len(files) > 1:
            raise forms.ValidationError(_("The signed copy is one file. Put the pages together first."))
        return files


class InspectionFilter(forms.Form):
    year = forms.ChoiceField(label=_("Year"), required=False, choices=())
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("open", pgettext_lazy("inspection", "Under way")),
            ("closed", pgettext_lazy("inspection", "Closed")),
        ],
    )

    def __init__(self, *args, years=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", _("All")), *((str(year), str(year)) for year in years)]

    def narrow(self, rows):
        """What cannot be read narrows nothing."""
        data = self.cleaned_data if self.is_valid() else {}
        if year := data.get("year"):
            rows = rows.filter(year=int(year))
        if state := data.get("state"):
            rows = rows.filter(closed_at__isnull=state == "open")
        return rows
