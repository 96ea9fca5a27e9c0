"""What lists of plans can be narrowed by: the same on the page and in the API."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.document.spelling import fold, tidy
from plans.models import ChasingLetter, Event, LegalDocument, Obstacle, Plan, ProgressUpdate, ReportingPeriod, Standard
from units.models import Unit
from units.permissions import Permission


def _issuing_units(request):
    """Units whose plans the person may see: a choice never names another."""
    return Unit.objects.filter(pk__in=_visible(request).values("unit")).order_by("name")


def _standards(request):
    return Standard.objects.filter(plans__in=_visible(request)).distinct()


def _visible(request):
    if request is None:
        return Plan.objects.none()
    return Plan.objects.allowed_to(request.user, Permission.PLAN_VIEW).order_by()


class PlanFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number or words"), method="search")
    year = django_filters.NumberFilter(label=_("Year"), field_name="issue_year")
    standard = django_filters.ModelChoiceFilter(
        label=_("Standard"), field_name="standards", queryset=_standards, empty_label=_("All")
    )
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Plan.Status.choices, empty_label=_("All"))
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=_issuing_units, empty_label=_("All"))

    class Meta:
        model = Plan
        fields = ["q", "year", "standard", "status", "unit"]

    def search(self, queryset, name, value):
        """Every word, with or without its marks, in any order."""
        for word in tidy(fold(value)).split():
            queryset = queryset.filter(search_text__contains=word)
        return queryset

    def offer_years(self):
        """Let the page offer the years there are instead of a free number. One query."""
        years = self.queryset.order_by("-issue_year").values_list("issue_year", flat=True).distinct()
        choices = [("", _("All")), *((year, str(year)) for year in years if year)]
        self.form.fields["year"].widget = forms.Select(choices=choices)


def _plans_with_events(request):
    if request is None:
        return Plan.objects.none()
    seen = Event.objects.allowed_to(request.user, Permission.PLAN_VIEW)
    return _visible(request).filter(pk__in=seen.values("plan")).order_by("-issue_year", "title")


class EventFilter(django_filters.FilterSet):
    """`since` and `until` are days in Asia/Ho_Chi_Minh: events that are on in any part of them."""

    q = django_filters.CharFilter(label=_("Title or place"), method="search")
    plan = django_filters.ModelChoiceFilter(label=_("Plan"), queryset=_plans_with_events, empty_label=_("All"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Event.Kind.choices, empty_label=_("All"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=Event.State.choices, empty_label=_("All"))
    since = django_filters.DateFilter(
        label=_("From"), field_name="ends_at", lookup_expr="date__gte", widget=forms.DateInput({"type": "date"})
    )
    until = django_filters.DateFilter(
        label=_("To"), field_name="starts_at", lookup_expr="date__lte", widget=forms.DateInput({"type": "date"})
    )

    class Meta:
        model = Event
        fields = ["q", "plan", "kind", "state", "since", "until"]

    def search(self, queryset, name, value):
        """Every word, in any order; with its marks, since an event keeps no folded text."""
        for word in value.split():
            queryset = queryset.filter(Q(title__icontains=word) | Q(place__icontains=word))
        return queryset


def _issuers(request):
    if request is None:
        return []
    documents = LegalDocument.objects.allowed_to(request.user, Permission.PLAN_VIEW).exclude(issuer="")
    names = documents.order_by("issuer").values_list("issuer", flat=True).distinct()
    return [(name, name) for name in names]


class LegalDocumentFilter(django_filters.FilterSet):
    """`state` is that of `plans.contexts.legal.validity` today."""

    q = django_filters.CharFilter(label=_("Number or words"), method="search")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=LegalDocument.Kind.choices, empty_label=_("All"))
    issuer = django_filters.ChoiceFilter(label=_("Issuer"), empty_label=_("All"), choices=())
    state = django_filters.ChoiceFilter(
        label=_("Validity"),
        method="in_state",
        empty_label=_("All"),
        choices=[
            ("valid", _("In force")),
            ("replaced", _("Replaced")),
            ("ended", _("No longer in force")),
            ("unmarked", _("Not recorded")),
        ],
    )

    class Meta:
        model = LegalDocument
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["issuer"].extra["choices"] = _issuers(self.request)

    def search(self, queryset, name, value):
        for word in tidy(fold(value)).split():
            queryset = queryset.filter(search_text__contains=word)
        return queryset

    def in_state(self, queryset, name, value):
        today = timezone.localdate()
        replaced = Q(replaced_by__isnull=False) & (Q(replaced_on=None) | Q(replaced_on__lte=today))
        if value == "replaced":
            return queryset.filter(replaced)
        queryset = queryset.exclude(pk__in=queryset.filter(replaced).values("pk"))
        if value == "ended":
            return queryset.filter(valid_to__lt=today)
        if value == "unmarked":
            return queryset.filter(valid_from=None, valid_to=None)
        open_end = Q(valid_to=None) | Q(valid_to__gte=today)
        begun = Q(valid_from=None) | Q(valid_from__lte=today)
        return queryset.filter(open_end, begun).exclude(valid_from=None, valid_to=None)


def _waiting(request):
    if request is None:
        return ProgressUpdate.objects.none()
    return ProgressUpdate.objects.allowed_to(request.user, Permission.PROGRESS_ACCEPT).waiting().order_by()


def _waiting_plans(request):
    return Plan.objects.filter(pk__in=_waiting(request).values("task__plan"))


def _waiting_periods(request):
    return ReportingPeriod.objects.filter(pk__in=_waiting(request).values("due_report__period")).order_by("-start")


def _waiting_units(request):
    return Unit.objects.filter(pk__in=_waiting(request).values("unit")).order_by("name")


class ReviewFilter(django_filters.FilterSet):
    """What narrows the queue: only what waits is offered."""

    plan = django_filters.ModelChoiceFilter(
        label=_("Plan"), field_name="task__plan", queryset=_waiting_plans, empty_label=_("All")
    )
    period = django_filters.ModelChoiceFilter(
        label=_("Reporting period"), field_name="due_report__period", queryset=_waiting_periods, empty_label=_("All")
    )
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=_waiting_units, empty_label=_("All"))

    class Meta:
        model = ProgressUpdate
        fields: list[str] = []


def _seen_obstacles(request):
    if request is None:
        return Obstacle.objects.none()
    return Obstacle.objects.allowed_to(request.user, Permission.PLAN_VIEW).order_by()


def _plans_with_obstacles(request):
    return _visible(request).filter(pk__in=_seen_obstacles(request).values("plan")).order_by("-issue_year", "title")


def _units_with_obstacles(request):
    return Unit.objects.filter(pk__in=_seen_obstacles(request).values("unit")).order_by("name")


class ObstacleFilter(django_filters.FilterSet):
    """Without a choice of state: what is not closed."""

    LATE = "late"

    q = django_filters.CharFilter(label=_("Words"), method="search")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="in_state",
        choices=[(LATE, _("Answer overdue")), *Obstacle.State.choices, ("all", _("All"))],
        empty_label=_("Not closed"),
    )
    level = django_filters.ChoiceFilter(label=_("Level"), choices=Obstacle.Level.choices, empty_label=_("All"))
    plan = django_filters.ModelChoiceFilter(label=_("Plan"), queryset=_plans_with_obstacles, empty_label=_("All"))
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=_units_with_obstacles, empty_label=_("All"))

    class Meta:
        model = Obstacle
        fields = ["q", "state", "level", "plan", "unit"]

    def search(self, queryset, name, value):
        """Every word, in any order; with its marks, since an obstacle keeps no folded text."""
        for word in value.split():
            queryset = queryset.filter(Q(title__icontains=word) | Q(text__icontains=word))
        return queryset

    def in_state(self, queryset, name, value):
        if value == self.LATE:
            return queryset.filter(state=Obstacle.State.OPEN, due_on__lt=timezone.localdate())
        return queryset if value == "all" else queryset.filter(state=value)

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.exclude(state=Obstacle.State.CLOSED)


def _chased_units(request):
    if request is None:
        return Unit.objects.none()
    letters = ChasingLetter.objects.allowed_to(request.user, Permission.PLAN_VIEW).order_by()
    return Unit.objects.filter(pk__in=letters.values("addressee")).order_by("name")


class ChasingLetterFilter(django_filters.FilterSet):
    run = django_filters.NumberFilter(label=_("Run"), widget=forms.HiddenInput, max_value=2**63 - 1, min_value=1)
    state = django_filters.ChoiceFilter(label=_("State"), choices=ChasingLetter.State.choices, empty_label=_("All"))
    addressee = django_filters.ModelChoiceFilter(label=_("To"), queryset=_chased_units, empty_label=_("All"))

    class Meta:
        model = ChasingLetter
        fields = ["run", "state", "addressee"]
