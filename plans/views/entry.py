"""Saving what somebody typed about a task: the same on the page of a due report and on that of a task."""

from __future__ import annotations

from plans import services
from plans.forms.progress import DueReportForm
from plans.models import DueReport, ProgressUpdate, Task
from plans.services.evidence import EvidenceRefused, keep_all
from units.http import UserRequest
from units.models import Unit


def save_entry(
    request: UserRequest, form: DueReportForm, *, task: Task, unit: Unit, due_report: DueReport | None = None
) -> ProgressUpdate | None:
    """What was stored, a draft where the button says so. None where it was refused: the form says why, and files that
    were kept stay chosen in it."""
    files, earlier = form.cleaned_data["files"], form.cleaned_data["earlier"]
    try:
        evidence = keep_all(unit=unit, files=files, earlier=earlier, by=request.user)
    except EvidenceRefused as refused:
        form.add_error("files", str(refused))
        return None
    try:
        return services.report_progress(
            task=task,
            unit=unit,
            by=request.user,
            submit="draft" not in request.POST,
            evidence=evidence,
            due_report=due_report,
            **form.said,
        )
    except (services.ProgressRefused, services.PlanIsClosed) as refused:
        data = request.POST.copy()
        data.setlist("earlier", [str(each.pk) for each in evidence])
        form.data = data
        form.add_error(None, str(refused))
        return None
