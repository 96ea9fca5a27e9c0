"""The rows of a Gantt table as markup. A schedule has a cell for every task and month, so that a template would be
asked thousands of times: cells that look alike are made once, rows are joined strings."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _


@lru_cache(maxsize=4096)
def _cell(look: str, week: int | None, text: str, language: str | None) -> SafeString:
    """`language` is in the key since the word for a plain cell is in the reader's language."""
    spoken = text or _("yes") if "on" in look.split() else ""
    return format_html(
        "<td{}{}>{}</td>",
        format_html(' class="{}"', look) if look else "",
        format_html(' data-week="{}"', week) if week else "",
        format_html('<span class="visually-hidden">{}</span>', spoken) if spoken else "",
    )


def cells(row: Any, columns: Any) -> SafeString:
    """Every cell of a row; raises ValueError where the row is not as long as there are columns."""
    language = get_language()
    made = [
        _cell(
            f"q {cell.classes}".rstrip() if column.quarter_start else cell.classes,
            cell.week,
            cell.text,
            language,
        )
        for cell, column in zip(row.cells, columns, strict=True)
    ]
    return mark_safe("".join(made))  # noqa: S308 -- each of them is escaped


def head(row: Any, status: SafeString | str) -> SafeString:
    """What stands before the bars: the task, what it waits for, its state."""
    depth = getattr(row, "depth", 0)
    label = format_html('<a href="{}">{}</a>', row.url, row.label) if row.url else escape(row.label)
    if getattr(row, "is_cancelled", False):
        label = format_html('<s>{}</s> <span class="tag">{}</span>', label, _("Cancelled"))
    if getattr(row, "arose", False):
        label = format_html('{} <span class="tag">{}</span>', label, _("arose later"))
    if after := getattr(row, "after", ""):
        label = format_html('{}<span class="after">{}</span>', label, after)
    if status:
        label = format_html("{} {}", label, status)
    look = f"what part-{depth}" if depth else "what"
    return format_html('<th scope="row" class="{}">{}</th>', look, label)
