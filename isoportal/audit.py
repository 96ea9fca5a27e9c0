"""The log of what was done, as a page.

`activity` is the lowest app: it writes events and knows neither units nor who may read. The page needs both, and it
shows events of every app, so it stands at the top, as the home page does, under the URL name `activity:list`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from http import HTTPStatus

import django_filters
from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from activity.models import AuditEvent
from isoportal import inbox
from isoportal.audit_words import ACTIONS, CHANNELS, action_words, change_words
from units.access import allowed_units
from units.http import UserRequest
from units.permissions import Permission

ROWS = 50


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


class AuditFilter(django_filters.FilterSet):
    action = django_filters.ChoiceFilter(choices=list(ACTIONS.items()), label=_("Action"), empty_label=_("All"))
    person = django_filters.CharFilter(method="by_person", label=_("Person"))
    day = django_filters.DateFilter(
        method="on_day", label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def by_person(self, queryset: QuerySet[AuditEvent], name: str, text: str) -> QuerySet[AuditEvent]:
        return queryset.filter(Q(by__full_name__icontains=text) | Q(by__username__icontains=text))

    def on_day(self, queryset: QuerySet[AuditEvent], name: str, day: date) -> QuerySet[AuditEvent]:
        if day in {date.min, date.max}:  # one end of such a day lies outside of all calendars, and nothing in it
            return queryset.none()
        return queryset.filter(at__gte=_midnight(day), at__lt=_midnight(day + timedelta(days=1)))


@login_required
@require_safe
def audit_log(request: UserRequest) -> HttpResponse:
    units = allowed_units(request.user, Permission.AUDIT_VIEW)
    if not units.exists():
        raise PermissionDenied
    events = AuditEvent.objects.filter(unit_path__in=units.values("path")).select_related("by").order_by("-pk")
    found = AuditFilter(request.GET, events)
    if not found.form.is_valid():
        return render(request, "activity/list.html", {"filter": found}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    page = Paginator(found.qs, ROWS).get_page(request.GET.get("page"))
    rows = [
        {
            "event": event,
            "action": action_words(event.action),
            "channel": CHANNELS.get(event.channel, event.channel),
            "changes": change_words(event.changes),
        }
        for event in page
    ]
    return render(request, "activity/list.html", {"filter": found, "page": page, "rows": rows})


app_name = "activity"
urlpatterns = [
    path("", audit_log, name="list"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/count/", inbox.unread_count, name="unread_count"),
    path("inbox/read/", inbox.read_all, name="read_all"),
    path("inbox/<int:pk>/", inbox.look, name="look"),
    path("inbox/<int:pk>/read/", inbox.read, name="read"),
    path("preferences/", inbox.preferences, name="preferences"),
]
