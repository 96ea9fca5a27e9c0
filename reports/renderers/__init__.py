"""A report value in, a file out. Only these modules know WeasyPrint, openpyxl and python-docx, and only the rendering
process loads them: the process that runs jobs stays small and outlives whatever a report does to its renderer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Format:
    """`renderer` is "module:function", a function of (report, job id) that gives the file's bytes."""

    slug: str
    label: str
    content_type: str
    renderer: str
    icon: str = "file-text"


FORMATS: dict[str, Format] = {
    each.slug: each
    for each in (
        Format(slug="pdf", label="PDF", content_type="application/pdf", renderer="reports.renderers.pdf:render"),
        Format(
            slug="docx",
            label="Word",
            content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            renderer="reports.renderers.docx:render",
            icon="file-pen-line",
        ),
        Format(
            slug="xlsx",
            label="Excel",
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            renderer="reports.renderers.xlsx:render",
            icon="file-spreadsheet",
        ),
        Format(
            slug="zip",
            label="ZIP",
            content_type="application/zip",
            renderer="reports.renderers.archive:render",
            icon="file-archive",
        ),
    )
}
