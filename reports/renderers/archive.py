"""A ZIP of a report of several documents: each as a Word file of its own, and one PDF of them all to print."""

from __future__ import annotations

import io
import zipfile

from django.utils import timezone

from reports.contexts import Report
from reports.renderers import docx, pdf


def render(report: Report, job_id: str) -> bytes:
    out = io.BytesIO()
    moment = timezone.localtime(report.made_at).timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, part in enumerate(report.parts, start=1):
            _add(archive, f"{place:03d} {part.file_name}.docx", docx.render(part, job_id), moment)
        _add(archive, f"{report.file_name}.pdf", pdf.render(report, job_id), moment)
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes, moment: tuple[int, ...]) -> None:
    entry = zipfile.ZipInfo(name, date_time=moment)  # type: ignore[arg-type]
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
