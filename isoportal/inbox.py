"""A person's inbox: what was done that concerns them, and what they want to be reminded of.

`activity` writes notifications and knows nothing of what they are about; the inbox has to, so it stands at the top,
as the log does.
"""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activity.delivery import groups_of
from activity.models import Digest, ReminderPreference
from activity.services import choose_reminders, mark_all_read, mark_read
from activity.services.digests import USUAL_DAYS, NoSuchDays
from isoportal.audit_words import action_words
from isoportal.targets import links_to, notifications_of
from units.http import UserRequest

ROWS = 50
OFFERED = (30, 14, 7, 3, 1, 0, -1, -7, -30)


def _day_words(days: int):
    if days > 0:
        return ngettext_lazy("%d day before", "%d days before", days) % days
    if days < 0:
        return ngettext_lazy("%d day after", "%d days after", -days) % -days
    return _("On the day itself")


class PreferenceForm(forms.Form):
    by_mail = forms.BooleanField(label=_("Send me a mail"), required=False)
    days = forms.TypedMultipleChoiceField(
        label=_("Remind me of deadlines"),
        choices=[(each, _day_words(each)) for each in OFFERED],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day; to get no mail, switch the mail off.")},
    )
    working_days_only = forms.BooleanField(
        label=_("On working days only"),
        required=False,
        help_text=_("What falls on a weekend or a holiday is told on the next working day."),
    )

    def __init__(self, *args, own=(), **kwargs):
        super().__init__(*args, **kwargs)
        # Days that were chosen elsewhere stay to be chosen.
        all_days = sorted({*OFFERED, *own}, reverse=True)
        self.fields["days"].choices = [(each, _day_words(each)) for each in all_days]


@login_required
@require_safe
@never_cache
def inbox(request: UserRequest) -> HttpResponse:
    unread_first = Case(When(read_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    mine = notifications_of(request.user).select_related("event__by").order_by(unread_first, "-pk")
    page = Paginator(mine, ROWS).get_page(request.GET.get("page"))
    links = links_to(row.event for row in page)
    rows = [
        {"row": row, "event": row.event, "action": action_words(row.event.action), "url": links.get(row.event_id, "")}
        for row in page
    ]
    digest = Digest.objects.filter(to=request.user, day=timezone.localdate()).first()
    context = {
        "groups": groups_of(digest.lines) if digest else [],
        "page": page,
        "rows": rows,
        "newest": max((row.pk for row in page), default=0),
        "unread": any(row.read_at is None for row in page),
    }
    return render(request, "activity/inbox.html", context)


@login_required
@require_safe
@never_cache
def unread_count(request: UserRequest) -> HttpResponse:
    """The sign in the rail, asked for once the page is there, so that no page waits for it."""
    return render(
        request, "activity/_unread.html", {"count": notifications_of(request.user).filter(read_at=None).count()}
    )


@login_required
@require_POST
def read(request: UserRequest, pk: int) -> HttpResponse:
    mark_read(notification=get_object_or_404(notifications_of(request.user), pk=pk), by=request.user)
    return redirect("activity:inbox")


@login_required
@require_safe
@never_cache
def look(request: UserRequest, pk: int) -> HttpResponse:
    """On to what a notification is about; looking at it is reading it."""
    row = get_object_or_404(notifications_of(request.user).select_related("event"), pk=pk)
    mark_read(notification=row, by=request.user)
    return redirect(links_to([row.event]).get(row.event_id, "activity:inbox"))


@login_required
@require_POST
def read_all(request: UserRequest) -> HttpResponse:
    """All up to the newest one that the page showed: what came meanwhile stays unread."""
    newest = request.POST.get("up_to", "")
    if newest.isascii() and newest.isdigit() and len(newest) < 19:
        mark_all_read(by=request.user, up_to=int(newest))
    return redirect("activity:inbox")


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: UserRequest) -> HttpResponse:
    row = ReminderPreference.objects.filter(user=request.user).first() or ReminderPreference()
    days = row.days or list(USUAL_DAYS)
    initial = {"by_mail": row.by_mail, "days": days, "working_days_only": row.working_days_only}
    form = PreferenceForm(request.POST if request.method == "POST" else None, initial=initial, own=days)
    if request.method == "POST" and form.is_valid():
        try:
            choose_reminders(by=request.user, **form.cleaned_data)
        except NoSuchDays as refused:
            form.add_error("days", str(refused))
        else:
            messages.success(request, say("Saved: this is how you will be reminded."))
            return redirect("activity:preferences")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "activity/preferences.html", {"form": form, "address": request.user.email}, status=status)
