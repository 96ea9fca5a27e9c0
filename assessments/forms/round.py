"""What the pages of rounds send. Only its shape is read here."""

from __future__ import annotations

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.contexts.deadlines import PHASE_NAMES, overdue
from assessments.models import Assessment, CriteriaSet, Round
from assessments.services.phases import Phases
from plans.forms.events import DayInput, MomentInput
from plans.models import Plan
from units.access import allowed_units
from units.models import Unit
from units.permissions import GRANTS, Permission, Role

# Kinds of unit whose ranking is asked for; others are ranked among their own kind.
RANKED = (Unit.Kind.DEPARTMENT, Unit.Kind.BRANCH, Unit.Kind.DISTRICT, Unit.Kind.COMMUNE)


def holders_of_rounds(user):
    """The units in whose name `user` may hold a round: those of their own offices, not all below."""
    own = [each.unit_id for each in user.held_roles if Permission.ROUND_MANAGE in GRANTS[Role(each.role)]]
    return Unit.objects.filter(pk__in=own).order_by("path")


class PhaseFields(forms.Form):
    """The dates of a round, in Asia/Ho_Chi_Minh."""

    opens_at = forms.DateTimeField(label=_("Self-scoring opens"), widget=MomentInput)
    closes_at = forms.DateTimeField(
        label=_("Self-scoring closes"), widget=MomentInput, help_text=_("What comes at this very moment is too late.")
    )
    verify_opens_at = forms.DateTimeField(
        label=_("Verification opens"),
        widget=MomentInput,
        required=False,
        help_text=_("Left blank, sheets are verified from the moment they are submitted."),
    )
    verify_closes_at = forms.DateTimeField(label=_("Verification closes"), widget=MomentInput, required=False)
    appeal_opens_at = forms.DateTimeField(
        label=_("Appeals open"),
        widget=MomentInput,
        required=False,
        help_text=_("Left blank, units cannot appeal."),
    )
    appeal_closes_at = forms.DateTimeField(label=_("Appeals close"), widget=MomentInput, required=False)
    approve_by = forms.DateField(label=_("Approve results by"), widget=DayInput, required=False)

    @property
    def phases(self):
        return Phases(**{name: self.cleaned_data[name] for name in PhaseFields.base_fields})

    @staticmethod
    def dates_of(round_):
        return {name: getattr(round_, name) for name in PhaseFields.base_fields}


class RoundForm(PhaseFields):
    """A round that is being prepared. `round_` None: a new one."""

    unit = forms.ModelChoiceField(label=_("Held by"), queryset=Unit.objects.none(), empty_label=None)
    criteria_set = forms.ModelChoiceField(
        label=_("Criteria set"), queryset=CriteriaSet.objects.none(), empty_label=_("Choose a criteria set in force")
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    occasion = forms.ChoiceField(
        label=_("Occasion"),
        choices=Round.Occasion.choices,
        help_text=_("One yearly round a year by a criteria set; before and after a pilot as many as there are pilots."),
    )
    plan = forms.ModelChoiceField(
        label=_("Under the plan"), queryset=Plan.objects.none(), required=False, empty_label=_("None")
    )
    previous = forms.ModelChoiceField(
        label=_("Compared with"),
        queryset=Round.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("Units see last time's answers as a suggestion; results are compared with this round."),
    )
    second_assessor = forms.BooleanField(
        label=_("Two assessors verify each sheet"),
        required=False,
        help_text=_("Independently of each other; the chair of the team decides where they differ."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    field_order = ["unit", "criteria_set", "title", "year", "occasion", "plan", "previous"]

    def __init__(self, *args, user, round_=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.round_ = round_
        units = holders_of_rounds(user)
        if round_ is not None:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units
        reach = allowed_units(user, Permission.ROUND_MANAGE)
        sets = CriteriaSet.objects.allowed_to(user, Permission.ROUND_MANAGE).select_related("standard")
        sets = sets.filter(status=CriteriaSet.Status.PUBLISHED).order_by("standard__code", "title", "-version")
        self.fields["criteria_set"].queryset = sets
        self.fields["criteria_set"].label_from_instance = lambda each: (
            _("%(title)s (version %(version)s)")
            % {
                "title": each.title,
                "version": each.version,
            }
        )
        self.fields["plan"].queryset = (
            Plan.objects.allowed_to(user, Permission.PLAN_VIEW).filter(unit__in=reach).order_by("-issue_year", "title")
        )
        earlier = Round.objects.allowed_to(user, Permission.ROUND_MANAGE).exclude(state=Round.State.PREPARING)
        self.fields["previous"].queryset = earlier.exclude(pk=round_.pk) if round_ else earlier
        for kind in RANKED:
            self.fields[f"group_{kind}"] = forms.CharField(
                label=kind.label, max_length=60, required=False, initial=kind.label
            )

    @property
    def group_fields(self):
        return [self[f"group_{kind}"] for kind in RANKED]

    @property
    def groups(self):
        """Kinds with the same name are one group, whose code is its first kind."""
        named: dict[str, list[str]] = {}
        for kind in RANKED:
            if title := " ".join(self.cleaned_data[f"group_{kind}"].split()):
                named.setdefault(title, []).append(kind.value)
        return [{"code": kinds[0], "title": title, "kinds": kinds} for title, kinds in named.items()]

    @property
    def values(self):
        """What `prepare_round` and `edit_round` take."""
        names = ("criteria_set", "title", "year", "occasion", "plan", "previous", "second_assessor")
        given = {name: self.cleaned_data[name] for name in names}
        given["title"] = " ".join(given["title"].split())
        return given | {"groups": self.groups, "phases": self.phases}

    @staticmethod
    def values_of(round_):
        names = ("criteria_set", "title", "year", "occasion", "plan", "previous", "second_assessor", "version")
        named = {kind: group["title"] for group in round_.groups for kind in group["kinds"]}
        groups = {f"group_{kind}": named.get(kind.value, "") for kind in RANKED}
        return {name: getattr(round_, name) for name in names} | groups | PhaseFields.dates_of(round_)


class DatesForm(PhaseFields):
    """New dates of a round that runs."""

    reason = forms.CharField(
        label=_("Why do the dates move?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The units read this."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ChooseUnitsForm(forms.Form):
    """Which units are to be added: by kind, below which unit, as of a day; all of it or single ones."""

    kinds = forms.MultipleChoiceField(
        label=_("Kinds of unit"),
        choices=[(kind.value, kind.label) for kind in Unit.Kind if kind != Unit.Kind.EXTERNAL],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    below = forms.ModelChoiceField(
        label=_("Below"), queryset=Unit.objects.none(), required=False, empty_label=_("The whole province")
    )
    as_of = forms.DateField(
        label=_("Units as of"), widget=DayInput, help_text=_("Units that are in operation on this day.")
    )

    def __init__(self, *args, round_, **kwargs):
        super().__init__(*args, **kwargs)
        self.round_ = round_
        # Whatever has units below it.
        self.fields["below"].queryset = (
            Unit.objects.below(round_.unit)
            .filter(pk__in=Unit.objects.filter(parent__isnull=False).order_by().values("parent"))
            .order_by("path")
        )

    def found(self):
        chosen = self.cleaned_data
        units = Unit.objects.below(chosen["below"] or self.round_.unit).filter(kind__in=chosen["kinds"])
        return units.valid_on(chosen["as_of"]).order_by("kind", "path")


class OneUnitForm(forms.Form):
    unit = forms.ModelChoiceField(
        label=_("A single unit"), queryset=Unit.objects.none(), empty_label=_("Choose a unit")
    )

    def __init__(self, *args, round_, **kwargs):
        super().__init__(*args, **kwargs)
        there = Assessment.objects.filter(round=round_).order_by().values("unit")
        units = Unit.objects.below(round_.unit).valid_on(timezone.localdate()).exclude(pk__in=there)
        self.fields["unit"].queryset = units.order_by("kind", "name")


class SheetFilter(forms.Form):
    """What the list of a round's page shows."""

    q = forms.CharField(label=_("Unit"), max_length=100, required=False)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *Assessment.State.choices], required=False)
    kind = forms.ChoiceField(label=_("Kind of unit"), choices=[("", _("All")), *Unit.Kind.choices], required=False)
    assessor = forms.ChoiceField(label=_("Assessor"), required=False)
    late = forms.ChoiceField(label=_("Time"), choices=[("", _("All")), ("1", _("Late"))], required=False)

    def __init__(self, *args, assessors, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", _("All")), ("none", _("Nobody yet")), *((str(each.pk), str(each)) for each in assessors)]
        self.fields["assessor"].choices = choices

    def narrow(self, sheets, now):
        chosen = self.cleaned_data
        if chosen.get("state"):
            sheets = sheets.filter(state=chosen["state"])
        if chosen.get("kind"):
            sheets = sheets.filter(unit__kind=chosen["kind"])
        for word in chosen.get("q", "").split():
            sheets = sheets.filter(Q(unit__name__icontains=word) | Q(unit__short_name__icontains=word))
        if chosen.get("assessor") == "none":
            sheets = sheets.filter(assignments=None)
        elif chosen.get("assessor"):
            sheets = sheets.filter(assignments__assessor=chosen["assessor"])
        return overdue(sheets, now) if chosen.get("late") else sheets


class EndExtensionForm(forms.Form):
    """Why a unit's time ends earlier than it was given."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The units read this."),
    )


class ExtendForm(EndExtensionForm):
    """More time for the units that are ticked."""

    units = forms.ModelMultipleChoiceField(
        label=_("Units"), queryset=Assessment.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    phase = forms.ChoiceField(label=_("Phase"), choices=list(PHASE_NAMES.items()), widget=forms.RadioSelect)
    until = forms.DateTimeField(
        label=pgettext_lazy("extension", "Until"),
        widget=MomentInput,
        help_text=_("What comes at this very moment is too late."),
    )

    def __init__(self, *args, sheets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["units"].queryset = sheets


class TeamForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    members = forms.ModelMultipleChoiceField(
        label=_("Members"), queryset=Unit.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    chair = forms.ModelChoiceField(
        label=_("Chair"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("Decides where two assessors differ, and on appeals. Gets sheets to verify only as a member."),
    )

    def __init__(self, *args, assessors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = self.fields["chair"].queryset = assessors


class AssignForm(forms.Form):
    """Another assessor for one place of a sheet. `expected`: who had it when the page was shown."""

    place = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2)
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    assessor = forms.ModelChoiceField(label=_("Assessor"), queryset=Unit.objects.none(), empty_label=_("Choose"))
    reason = forms.CharField(label=_("Reason"), max_length=2000, required=False)

    def __init__(self, *args, assessors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assessor"].queryset = assessors
