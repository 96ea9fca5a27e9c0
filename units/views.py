from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from units.http import UserRequest


@login_required
@require_safe
def unit_list(request: UserRequest) -> HttpResponse:
    return render(request, "units/unit_list.html", {})
