from __future__ import annotations

from datetime import timedelta

import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.contexts.corrective_actions import BUCKET_NAMES, BUCKETS, overdue
from assessments.models import CorrectiveAction
from assessments.permissions import CORRECTION_OPEN, CORRECTION_RAISERS
from plans.forms.evidence import WithEvidence
from units.access import allowed_units
from units.models import Unit, UnitQuerySet, User
from units.permissions import Permission

LONGEST = 8000


def raising_units(user: User) -> UnitQuerySet:
    """The units for which the person may raise a corrective action."""
    plan, check = (allowed_units(user, permission) for permission in CORRECTION_RAISERS)
    return (plan | check).order_by("name")


def _day(label, required=True, help_text=""):
    return forms.DateField(
        label=label, required=required, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"})
    )


def _words(label, rows=3, required=True, help_text=""):
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=LONGEST, help_text=help_text, widget=area)


class RaiseForm(forms.Form):
    """`unit` only where it does not follow from a sheet or a finding."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    title = forms.CharField(label=_("What is wrong"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = _day(
        _("To be corrected by"), required=False, help_text=_("The unit sets the day when it plans, unless you set one.")
    )

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        if user is None:
            del self.fields["unit"]
            return
        units = raising_units(user)
        self.fields["unit"].queryset = units
        if len(units) == 1:
            self.fields["unit"].initial = units[0].pk
            self.fields["unit"].widget = forms.HiddenInput()


class BelowForm(forms.Form):
    """Which results of a sheet corrective actions are raised for."""

    percent = forms.DecimalField(
        label=_("Below, in per cent of the maximum"),
        min_value=1,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        initial=100,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    due_on = _day(_("To be corrected by"), required=False)


class Versioned(forms.Form):
    """`version` is that of the corrective action as it was when the page was made."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class PlanForm(Versioned):
    cause = _words(_("Cause"), help_text=_("Why it came about, not only what happened."))
    correction = _words(_("Mended at once"), rows=2, required=False)
    measure = _words(_("Action against the cause"))
    owner = forms.CharField(label=_("Who does it"), max_length=200)
    due_on = _day(_("By when"))


class ReportForm(WithEvidence, Versioned):
    done_on = _day(_("Done on"))
    result = _words(_("What was done"))
    explanation = _words(_("Why there is no evidence"), rows=2, required=False)
    field_order = ["done_on", "result", "files", "earlier", "explanation", "version"]


class CheckForm(WithEvidence, Versioned):
    effective = forms.TypedChoiceField(
        label=_("Did it work?"),
        choices=[("yes", _("Effective: it is closed")), ("no", _("Without effect: the unit plans again"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = _words(_("What was looked at, and why you decide so"))
    field_order = ["effective", "text", "files", "earlier", "version"]


class CancelForm(Versioned):
    text = _words(_("Why it is cancelled"), rows=2)


def _visible(request):
    if request is None:
        return CorrectiveAction.objects.none()
    return CorrectiveAction.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).order_by()


def _units(request):
    return Unit.objects.filter(pk__in=_visible(request).values("unit")).order_by("name")


class CorrectiveActionFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("open", _("Not settled")), *CorrectiveAction.State.choices],
        empty_label=_("All"),
        method="by_state",
    )
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=_units, empty_label=_("All"))
    source = django_filters.ChoiceFilter(
        label=_("Source"), choices=CorrectiveAction.Source.choices, empty_label=_("All")
    )
    age = django_filters.ChoiceFilter(
        label=_("Age"),
        choices=[(str(place), name) for place, name in enumerate(BUCKET_NAMES)],
        empty_label=_("All"),
        method="by_age",
    )
    overdue = django_filters.ChoiceFilter(
        label=_("Deadline"), choices=[("yes", _("Overdue"))], empty_label=_("All"), method="by_overdue"
    )

    class Meta:
        model = CorrectiveAction
        fields = ["state", "unit", "source"]

    def by_state(self, queryset, name, value):
        return queryset.filter(state__in=CORRECTION_OPEN) if value == "open" else queryset.filter(state=value)

    def by_age(self, queryset, name, value):
        """Raised so many days ago: as the table of ages counts what is open."""
        place = int(value)
        today = timezone.localdate()
        last = BUCKETS[place]
        if place and (before := BUCKETS[place - 1]) is not None:
            queryset = queryset.filter(raised_at__date__lt=today - timedelta(days=before))
        if last is not None:
            queryset = queryset.filter(raised_at__date__gte=today - timedelta(days=last))
        return queryset.filter(state__in=CORRECTION_OPEN)

    def by_overdue(self, queryset, name, value):
        return queryset.filter(overdue(timezone.localdate()))
