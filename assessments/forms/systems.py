from __future__ import annotations

import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.contexts.systems import DECLARING
from assessments.models import Obligation, Qms, QmsStep
from plans.forms.evidence import WithEvidence
from plans.models import Standard
from units.access import allowed_units
from units.models import Unit
from units.permissions import Permission

LONGEST = 8000
RECORDED = [(kind.value, kind.label) for kind in QmsStep.Kind if kind not in DECLARING]


def _day(label, required=True, **more):
    return forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}), **more)


def _words(label, rows=3, required=True, **more):
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=LONGEST, widget=area, **more)


class BeginForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    standard = forms.ModelChoiceField(
        label=_("Standard and edition"), queryset=Standard.objects.order_by("code", "edition"), empty_label=None
    )
    scope = _words(_("Scope"), required=False, help_text=_("Which fields of work and procedures it covers."))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = allowed_units(user, Permission.QMS_EDIT).order_by("name")


class Versioned(forms.Form):
    """`version` is that of the system as it was when the page was made."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class PlanStepForm(Versioned):
    kind = forms.ChoiceField(label=_("Step"), choices=QmsStep.Kind.choices)
    planned_on = _day(_("Planned for"))
    note = _words(_("Note"), rows=2, required=False)


class StepForm(WithEvidence, Versioned):
    kind = forms.ChoiceField(label=_("Step"), choices=RECORDED)
    done_on = _day(_("Done on"))
    document = forms.CharField(label=_("Document"), required=False, max_length=200)
    nonconformities = forms.IntegerField(
        label=_("Nonconformities"),
        required=False,
        min_value=0,
        max_value=9999,
        help_text=_("Of an internal audit: how many it found, 0 where there was none."),
    )
    note = _words(_("Note"), rows=2, required=False)
    field_order = ["kind", "done_on", "document", "nonconformities", "note", "files", "earlier", "version"]


class DeclareForm(WithEvidence, Versioned):
    number = forms.CharField(label=_("Number"), max_length=60)
    declared_on = _day(_("Declared on"))
    signer = forms.CharField(label=_("Signer"), max_length=120)
    scope = _words(_("Scope"))
    reason = _words(
        _("Why it is declared again"), rows=2, help_text=_("The scope was adjusted, widened or narrowed: say how.")
    )
    field_order = ["number", "declared_on", "signer", "scope", "reason", "files", "earlier", "version"]

    def __init__(self, *args, again=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not again:
            del self.fields["reason"]


class ObligationForm(forms.Form):
    unit_kind = forms.ChoiceField(
        label=_("Kind of unit"), required=False, choices=[("", _("One unit only")), *Unit.Kind.choices]
    )
    unit = forms.ModelChoiceField(
        label=_("Exception for one unit"), queryset=Unit.objects.none(), required=False, empty_label=_("None")
    )
    standard_code = forms.ChoiceField(label=_("Standard"))
    kind = forms.ChoiceField(label=_("Obligation"), choices=Obligation.Kind.choices, widget=forms.RadioSelect)
    valid_from = _day(_("Valid from"))
    valid_to = _day(_("Valid to"), required=False)
    basis = forms.CharField(label=_("Basis"), required=False, max_length=300)

    def __init__(self, *args, province, **kwargs):
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(path__startswith=province.path).order_by("name")
        self.fields["unit"].queryset = units
        codes = Standard.objects.order_by("code").values_list("code", flat=True).distinct()
        self.fields["standard_code"].choices = [(code, code) for code in codes]


class EndObligationForm(forms.Form):
    valid_to = _day(_("Valid to"), initial=timezone.localdate)


def _visible(request):
    if request is None:
        return Qms.objects.none()
    return Qms.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).order_by()


def _units(request):
    return Unit.objects.filter(pk__in=_visible(request).values("unit")).order_by("name")


class SystemFilter(django_filters.FilterSet):
    """`obligation` and `due` are looked at row by row: they follow from rules and days."""

    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=_units, empty_label=_("All"))
    unit_kind = django_filters.ChoiceFilter(
        label=_("Kind of unit"), field_name="unit__kind", choices=Unit.Kind.choices, empty_label=_("All")
    )
    phase = django_filters.ChoiceFilter(label=_("Phase"), choices=Qms.Phase.choices, empty_label=_("All"))
    obligation = django_filters.ChoiceFilter(
        label=_("Obligation"), choices=Obligation.Kind.choices, empty_label=_("All"), method="by_row"
    )
    due = django_filters.ChoiceFilter(
        label=_("Next due"), choices=[("late", _("Overdue"))], empty_label=_("All"), method="by_row"
    )

    class Meta:
        model = Qms
        fields = ["unit", "phase"]

    def by_row(self, queryset, name, value):
        return queryset

    def narrowed(self, rows):
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        if wanted := chosen.get("obligation"):
            rows = [row for row in rows if row.obligation == wanted]
        return [row for row in rows if row.is_late] if chosen.get("due") else rows
