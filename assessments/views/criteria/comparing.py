"""Two versions side by side, and which criterion continues which."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.contexts.criteria_content import content_of
from assessments.contexts.criteria_diff import continued, differences
from assessments.forms.criteria import RevisionForm
from assessments.services import criteria as services
from assessments.views.criteria.pages import load_draft, seen_by
from units.http import UserRequest


@login_required
@require_safe
def diff(request: UserRequest, pk: int, other_pk: int) -> HttpResponse:
    """What changed from the set `other_pk` to the set `pk`."""
    after = get_object_or_404(seen_by(request.user), pk=pk)
    before = get_object_or_404(seen_by(request.user), pk=other_pk)
    changes = differences(content_of(before), content_of(after), continued(before, after))
    others = seen_by(request.user).filter(slug=after.slug).exclude(pk=pk).order_by("-version")
    values = {"criteria_set": after, "before": before, "changes": changes, "others": others}
    return render(request, "assessments/criteria/diff.html", values)


def _id(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


@login_required
@require_http_methods(["GET", "POST"])
def mapping(request: UserRequest, pk: int) -> HttpResponse:
    draft = load_draft(request, pk)
    rows = list(draft.criteria.select_related("predecessor").order_by("order"))
    error, status = "", HTTPStatus.OK
    if request.method == "POST":
        form = RevisionForm(request.POST)
        sent = {row.pk: request.POST.get(f"c{row.pk}") for row in rows}
        chosen = {key: _id(value) for key, value in sent.items() if value is not None}
        try:
            expected = form.cleaned_data["revision"] if form.is_valid() else -1
            services.edit_mapping(criteria_set=draft, continues=chosen, by=request.user, expected=expected)
        except services.CriteriaRefused as refused:
            error, status = str(refused), HTTPStatus.CONFLICT
            draft = load_draft(request, pk)
        else:
            messages.success(request, _("Saved."))
            return redirect("assessments:criteria_mapping", pk=pk)
        for row in rows:
            row.predecessor_id = chosen.get(row.pk, row.predecessor_id)
    earlier = list(draft.based_on.criteria.order_by("order")) if draft.based_on else []
    used = {row.predecessor_id for row in rows}
    values = {
        "criteria_set": draft,
        "rows": rows,
        "earlier": earlier,
        "gone": [each for each in earlier if each.pk not in used],
        "error": error,
    }
    return render(request, "assessments/criteria/mapping.html", values, status=status)
