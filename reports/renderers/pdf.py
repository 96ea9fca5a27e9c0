"""PDF by WeasyPrint: tagged, with embedded fonts, and nothing fetched but data: URLs."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from reports.contexts import Report
from reports.registry import LANGUAGE


@cache
def _stylesheet() -> str:
    return (settings.BASE_DIR / "static" / "css" / "print.css").read_text("utf-8")


def markup(report: Report) -> str:
    """The document as HTML, complete in itself."""
    with translation.override(LANGUAGE):
        return render_to_string(report.print_template, {"report": report, "paper": report.paper})


def render(report: Report, job_id: str) -> bytes:
    """Equal reports of one job give equal bytes. A report of several parts is one file in which each begins on a page
    one of its own. Raises FatalURLFetchingError, a BaseException, when something in the document asks for anything from
    outside."""
    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
    fonts = FontConfiguration()
    style = CSS(string=_stylesheet(), font_config=fonts, url_fetcher=fetcher)
    document, *others = [
        HTML(string=markup(part), url_fetcher=fetcher).render(
            stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1"
        )
        for part in report.parts
    ]
    if others:
        document = document.copy([page for each in (document, *others) for page in each.pages])
        document.metadata.title = report.title
    content: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=job_id.encode(), custom_metadata=False)
    return content
