from __future__ import annotations

import hashlib
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.contexts.feed import NothingToSee, feed_of
from plans.contexts.month import month_of
from plans.forms.calendar import DayOffForm, FeedForm
from plans.models import CalendarFeed, DayOff, Plan
from plans.renderers.feeds import render_feed
from plans.services import days_off, feeds
from plans.views.schedule import with_query
from plans.views.structure import number_of
from units.access import allowed_units, roots_of
from units.http import UserRequest
from units.models import Unit
from units.permissions import Permission

FIRST_YEAR, LAST_YEAR = 1990, 2150
READS_A_MINUTE = 30


@login_required
@require_safe
def month(request: UserRequest) -> HttpResponse:
    """A month: ?month=2024-10, today's without it; ?whose=mine narrows it to the person's own units."""
    today = timezone.localdate()
    first = _month_asked(request, today)
    mine = request.GET.get("whose") == "mine"
    context = {
        "month": month_of(user=request.user, first=first, today=today, mine=mine),
        "first": first,
        "before_url": with_query(request.GET, month=f"{_shifted(first, -1):%Y-%m}"),
        "after_url": with_query(request.GET, month=f"{_shifted(first, 1):%Y-%m}"),
        "today_url": with_query(request.GET, month=None),
        "is_now": (first.year, first.month) == (today.year, today.month),
        "whose": [
            {"label": _("All I may see"), "url": with_query(request.GET, whose=None), "current": not mine},
            {"label": _("My units"), "url": with_query(request.GET, whose="mine"), "current": mine},
        ],
    }
    return render(request, "plans/calendar.html", context)


def _month_asked(request: UserRequest, today: date) -> date:
    try:
        first = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return today.replace(day=1)
    return first if FIRST_YEAR < first.year < LAST_YEAR else today.replace(day=1)


def _shifted(first: date, months: int) -> date:
    place = first.year * 12 + first.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


# -- Days off ----------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def days_off_list(request: UserRequest) -> HttpResponse:
    """The days that a province decided on; who edits plans of the province itself keeps them."""
    seen = Unit.objects.filter(path__in=roots_of(request.user, Permission.PLAN_VIEW)).order_by("name")
    kept = allowed_units(request.user, Permission.PLAN_EDIT).filter(parent=None, kind=Unit.Kind.PROVINCE)
    province = kept.order_by("name").first()
    form = DayOffForm(request.POST if request.method == "POST" and "remove" not in request.POST else None)
    if request.method == "POST":
        if province is None:
            raise PermissionDenied
        if "remove" in request.POST:
            pk = number_of(request.POST["remove"])
            decided = get_object_or_404(DayOff.objects.select_related("unit"), pk=pk, unit__in=kept)
            days_off.remove_day_off(decided=decided, by=request.user)
            messages.success(request, _("Removed."))
            return redirect("plans:days_off")
        if form.is_valid():
            try:
                days_off.add_day_off(unit=province, by=request.user, **form.cleaned_data)
            except days_off.DayDecided as refused:
                form.add_error("day", str(refused))
            else:
                messages.success(request, _("Added."))
                return redirect("plans:days_off")
    context = {
        "rows": list(DayOff.objects.filter(unit__in=seen).select_related("unit").order_by("-day")),
        "form": form if province else None,
        "province": province,
        "several": len(seen) > 1,
    }
    return render(request, "plans/days_off.html", context, status=422 if form.errors else 200)


# -- Feeds -------------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def feed_list(request: UserRequest) -> HttpResponse:
    """The person's own calendar addresses. A new one is shown once, in the answer that made it."""
    plans = Plan.objects.allowed_to(request.user, Permission.PLAN_VIEW).exclude(status=Plan.Status.CANCELLED)
    posted = request.method == "POST"
    form = FeedForm(request.POST if posted else None, initial={"plan": request.GET.get("plan")}, plans=plans)
    address, status = "", 200
    if posted and form.is_valid():
        try:
            _feed, token = feeds.make_feed(user=request.user, plan=form.cleaned_data["plan"], by=request.user)
        except feeds.TooManyFeeds as refused:
            form.add_error(None, str(refused))
        else:
            address = request.build_absolute_uri(f"/calendar/{token}.ics")
            form = FeedForm(plans=plans)
    if form.errors:
        status = 422
    rows = list(CalendarFeed.objects.filter(user=request.user, revoked_at=None).select_related("plan"))
    context = {"form": form, "rows": rows, "address": address}
    response = render(request, "plans/feeds.html", context, status=status)
    if address:
        response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def feed_revoke(request: UserRequest, pk: int) -> HttpResponse:
    feed = get_object_or_404(CalendarFeed.objects.select_related("user"), pk=pk, user=request.user)
    feeds.revoke_feed(feed=feed, by=request.user)
    messages.success(request, _("The calendar address no longer answers."))
    return redirect("plans:feeds")


@require_safe
def feed_file(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program reads: the token is the only key, there is no session. Whatever is wrong is a 404."""
    feed = feeds.find_feed(token)
    if feed is None:
        raise Http404
    minute = f"feed:{feed.pk}:{timezone.now():%H%M}"
    reads = cache.get(minute, 0) + 1
    cache.set(minute, reads, 120)
    if reads > READS_A_MINUTE:
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    try:
        found = feed_of(feed, today=timezone.localdate())
    except NothingToSee:
        raise Http404 from None
    feeds.note_reading(feed=feed)
    body = render_feed(found, site=request.build_absolute_uri("/").rstrip("/"))
    response = HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'inline; filename="isoportal.ics"',
            "Cache-Control": "private, no-cache",
            "X-Robots-Tag": "noindex",
        },
    )
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer or response
