"""A ZIP of the documents that a report is made of, each as PDF and as DOCX."""

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
            for ending, renderer in (("pdf", pdf), ("docx", docx)):
                name = zipfile.ZipInfo(f"{place:03d} {part.file_name}.{ending}", date_time=moment)
                name.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(name, renderer.render(part, f"{job_id}-{place}"))
    return out.getvalue()
