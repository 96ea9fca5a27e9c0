"""The tabs of a sheet's page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.contexts import SheetContext
from assessments.contexts.history import sheet_history

TABS = ("scores", "differences", "evidence", "appeals", "history")


def _url(name: str, here: str, pk: int) -> str:
    """Appeals have a page of their own, on which they are written and decided."""
    if name == "appeals":
        return reverse("assessments:appeals", args=[pk])
    return here if name == "scores" else f"{here}?tab={name}"


def page_values(context: SheetContext, tab: str = "scores") -> dict[str, Any]:
    """What the page of a sheet shows on `tab`."""
    if tab == "differences" and not context.result.shows_result:
        tab = "scores"
    result = context.result
    words = {
        "scores": (_("Score sheet"), f"{context.entered}/{result.of}"),
        "differences": (_("Differs from the self-score"), len(result.different)),
        "evidence": (_("Evidence"), result.files),
        "appeals": (_("Appeals"), None),
        "history": (_("History"), None),
    }
    if not result.shows_result:
        del words["differences"]
    here = reverse("assessments:sheet", args=[result.assessment_id])
    tabs = [
        {
            "label": label,
            "count": count,
            "url": _url(name, here, result.assessment_id),
            "current": name == tab,
        }
        for name, (label, count) in words.items()
    ]
    history = sheet_history(context.sheet, result.stages) if tab == "history" else []
    return {"sheet": context, "tab": tab, "tabs": tabs, "history": history}
