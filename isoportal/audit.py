"""The log of what was done, as a page.

`activity` is the lowest app: it writes events and knows neither units nor who may read. The page needs both, and it
shows events of every app, so it stands at the top, as the home page does, under the URL name `activity:list`.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from units.http import UserRequest


@login_required
@require_safe
def audit_log(request: UserRequest) -> HttpResponse:
    return render(request, "activity/list.html", {})


app_name = "activity"
urlpatterns = [path("", audit_log, name="list")]
