"""Components of the pages. Each is one tag with one template in `templates/_ui/`; its arguments are its contract.

The tags are built in: no `{% load %}`. Components know no model: they take words, urls and plain values. Where they
take a list, its items may be objects or dicts with the names given here ("?" marks what may be absent). All text is
escaped; pass markup only as the result of another tag (`{% status "plan" plan.state as pill %}`).

Signs
    {% icon "send" %}                    decorative; label=_("Carried out") makes it speak; tone= ok warn bad info
    {% status "plan" plan.state %}       kinds and states: vocabulary.STATUSES; text= other words, same tone and icon
    {% pill _("12 days") tone="bad" icon="triangle-alert" %}      a pill outside the vocabulary
    {% light "green" %}                  green yellow red, or X V Đ; None shows –
    {% save_state "saved" at=moment %}   saved saving unsaved refused locked
    {% missing _("no number yet") %}     what a document still lacks

Parts of a page
    {% crumb _("Plans") url %}{% crumb plan.title %}              inside {% block breadcrumb %}
    {% page_head title over= lead= pill= %} buttons {% endpage_head %}
    {% facts %}{% fact _("Funding") %}{{ plan.amount|money }}{% endfact %}{% endfacts %}
    {% section title id="tasks" count=5 actions=buttons level=2 %} … {% endsection %}         (`block` is Django's own)
    {% actions as buttons %}<a class="btn btn-secondary btn-sm" …>{% endactions %}
    {% strip figures label= %}           .value .label .note? .url?
    {% tabs items label= %}              .label .url .current? .count?          {% segmented items label= %} likewise
    {% notice "warn" %} … {% endnotice %}                         info ok warn bad
    {% empty_state _("No plan yet.") icon="inbox" %} button {% endempty_state %}              (`empty` is Django's own)
    {% meter done total label= %}        {% bar 42.1 7.1 label= %} shares of 100 laid end to end
    {% toast text tone %}                base.html shows messages itself; htmx: HX-Trigger {"toast": {"text", "tone"}}
    {% file label url kind="pdf" %}      inside <div class="chips">
    {% modal "cancel" title %}<form> modal-body, modal-footer </form>{% endmodal %}   its opener is a link to a page
                                         that does the same, with data-bs-toggle="modal" data-bs-target="#cancel"

Forms
    {% field form.title %}               label= help= small=; a RadioSelect of at most 6 values becomes one-tap buttons
    {% error_summary form formset … %}   forms and formsets; nothing where there is no error
    {% choices "percent" options value= legend= id= %}            options: (value, label) pairs
    {% filters filter.form label= %} links at the right {% endfilters %}    a GET form; keeps ?sort=
    {% sort_head "name" _("Unit") numeric=False %}                a <th>; links ?sort=name and ?sort=-name
    {% pagination page %}                a Page; keeps the query; nothing for an empty list

Data
    {% gantt gantt %}
        gantt.caption
        gantt.months: list[Month(year, number, quarter_start: bool, is_now: bool)]
        gantt.quarters: list[(label, span)]
        gantt.rows: list[Row(label, url, cells: list[Cell(classes: str, week: int | None, text: str)])]
        One cell a month, in their order. `classes`: any of on past from to late void now; `week`: 1 to 4, on the cell
        of the current month; `text`: what a screen reader hears in an `on` cell ("" = yes). Quarters come from the
        months.
        gantt.today?: a date, for the key; row.state?: a state of kind "task".
        Columns may be weeks as well: month.spoken? is a column's full name, month.note? its days off; gantt.by? "week".
        row.depth?: 1 or 2 for parts of a task; row.is_cancelled?; row.arose?; row.after?: what it waits for, in words.
    {% month month %}   .caption .weekdays: list[(short, full)] .weeks: list[list[day]]; day.day .spoken .is_out
                        .is_today .is_free .off .entries .shown .folded .rest; entry.kind .icon .text .url .note?
                        .is_off?; needs static/css/calendar.css
    {% matrix m %}      .caption .corner .columns: list[(short, full)] .rows: list[(label, list[str])]; a cell's text is
                        what a screen reader hears, "" an empty cell; .marks?: list[(short, text)], else a tick
    {% timeline events %}   .icon .text .at .who? .note?
    {% due_list items %}    .day .text .weekday? .url? .note? .pill?
    {% job item %}          .title .state .note? .percent? .url? .download_url? .cancel_url? .retry_url?; inside
                            <ul class="due-list">

Filters: money number score percent day moment clock minutes blank (`formats.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from isoportal.templatetags import bars, fields, formats, vocabulary

register = template.Library()

for name in ("money", "number", "score", "percent", "day", "moment", "clock", "blank", "minutes"):
    register.filter(name, getattr(formats, name))


def _trim(rendered: str) -> SafeString:
    """What a template or a block rendered is already escaped; only the white space around it goes."""
    return mark_safe(rendered.strip())  # noqa: S308


# -- Small signs -----------------------------------------------------------------------------------------------------
@cache
def _drawings() -> ZipFile:
    """The icons of lucide. Its own tag opens the archive anew for each, which takes 20 ms; a page has forty."""
    return ZipFile(BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))


@lru_cache(maxsize=512)
def _drawing(name: str) -> str:
    """The inside of an icon; raises KeyError for a name that lucide does not have."""
    svg = _drawings().read(f"{name}.svg").decode()
    return "".join(line.strip() for line in svg[svg.index(">") + 1 : svg.rindex("</svg>")].splitlines())


@register.simple_tag
def icon(name: str, *, label: str = "", tone: str = "") -> SafeString:
    drawing = mark_safe(_drawing(str(name)))  # noqa: S308 -- from the package, not from a person
    look = f"icon tone {tone}" if tone else "icon"
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', look, label, drawing
        )
    return format_html('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', look, drawing)


@register.simple_tag
def pill(text: str, *, tone: str = "", icon: str = "") -> SafeString:
    return _trim(render_to_string("_ui/status.html", {"text": text, "tone": tone, "icon": icon}))


@lru_cache(maxsize=512)
def _status(kind: str, value: str, text: str, language: str | None) -> SafeString:
    known = vocabulary.STATUSES.get(kind, {}).get(value) or vocabulary.Status(value, "", "circle-dashed")
    return pill(text or str(known.word), tone=known.tone, icon=known.icon)


@register.simple_tag
def status(kind: str, value: str, *, text: str = "") -> SafeString:
    return _status(str(kind), str(value), str(text), get_language())


@lru_cache(maxsize=16)
def _light(value: str, language: str | None) -> SafeString:
    letter, shape, word = vocabulary.LIGHTS[value]
    return _trim(render_to_string("_ui/light.html", {"letter": letter, "shape": shape, "word": word}))


@register.simple_tag
def light(value: str | None) -> str:
    key = str(value or "").lower()
    key = vocabulary.LIGHT_ALIASES.get(key, key)
    return _light(key, get_language()) if key in vocabulary.LIGHTS else formats.BLANK


@lru_cache(maxsize=2048)
def _save_state(state: str, at: str, language: str | None) -> SafeString:
    known = vocabulary.SAVE_STATES[state]
    return render_to_string(
        "_ui/save_state.html", {"word": known.word, "tone": known.tone, "icon": known.icon, "at": at}
    )


@register.simple_tag
def save_state(state: str, *, at: datetime | None = None) -> SafeString:
    return _save_state(state, formats.clock(at) if at else "", get_language())


@register.simple_tag
def missing(text: str) -> SafeString:
    return format_html('<span class="missing">{}</span>', text)


# -- Parts of a page -------------------------------------------------------------------------------------------------
@register.simple_tag
def crumb(label: str, url: str = "") -> SafeString:
    if url:
        return format_html('<li class="breadcrumb-item"><a href="{}">{}</a></li>', url, label)
    return format_html('<li class="breadcrumb-item active" aria-current="page">{}</li>', label)


@register.simple_block_tag
def page_head(content: str, title: str, *, over: str = "", lead: str = "", pill: str = "") -> SafeString:
    return render_to_string(
        "_ui/page_head.html", {"content": _trim(content), "title": title, "over": over, "lead": lead, "pill": pill}
    )


@register.simple_block_tag
def facts(content: str) -> SafeString:
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, content)


@register.simple_block_tag
def actions(content: str) -> SafeString:
    return format_html('<div class="actions">{}</div>', content)


@register.simple_block_tag
def section(
    content: str, title: str, *, id: str = "", count: int | str | None = None, actions: str = "", level: int = 2
) -> SafeString:
    values = {"content": content, "title": title, "id": id, "count": count, "actions": actions, "level": level}
    return render_to_string("_ui/section.html", values)


@register.simple_tag
def strip(items: Iterable[object], *, label: str) -> SafeString:
    return render_to_string("_ui/strip.html", {"items": items, "label": label})


@register.simple_tag
def tabs(items: Iterable[object], *, label: str) -> SafeString:
    return render_to_string("_ui/tabs.html", {"items": items, "label": label})


@register.simple_tag
def segmented(items: Iterable[object], *, label: str) -> SafeString:
    return render_to_string("_ui/segmented.html", {"items": items, "label": label})


@register.simple_block_tag
def notice(content: str, tone: str = "info") -> SafeString:
    values = {"content": content, "tone": tone, "icon": vocabulary.NOTICE_ICONS[tone]}
    return render_to_string("_ui/notice.html", values)


@register.simple_block_tag
def empty_state(content: str, text: str, *, icon: str = "inbox") -> SafeString:
    return render_to_string("_ui/empty.html", {"content": _trim(content), "text": text, "icon": icon})


@register.simple_tag
def meter(value: formats.Number | None, maximum: formats.Number = 100, *, label: str = "") -> SafeString:
    shown = formats.BLANK if value is None else f"{value}/{maximum}"
    values = {"value": str(value or 0), "maximum": str(maximum or 1), "label": label or shown}
    return render_to_string("_ui/meter.html", values)


@register.simple_tag
def bar(*shares: formats.Number | None, label: str) -> SafeString:
    """Shares of 100 laid end to end from the left, the first in the strongest colour. Never drawn past 100."""
    ends, end = [], 0.0
    for share in shares:
        end = min(100.0, end + max(0.0, float(share or 0)))
        ends.append(f"{end:.1f}")
    # The longest is painted first, so that each shorter one lies on it.
    strips = list(zip(ends, "abc", strict=False))[::-1]
    return render_to_string("_ui/bar.html", {"strips": strips, "label": label})


@register.simple_tag
def toast(text: str, tone: str = "info") -> SafeString:
    tone = {"success": "ok", "error": "bad", "warning": "warn", "debug": "info"}.get(tone, tone)
    return render_to_string("_ui/toast.html", {"text": text, "tone": tone, "icon": vocabulary.NOTICE_ICONS[tone]})


@register.simple_block_tag
def modal(content: str, id: str, title: str) -> SafeString:
    return render_to_string("_ui/modal.html", {"content": content, "id": id, "title": title})


# -- Forms -----------------------------------------------------------------------------------------------------------
@register.simple_tag
def field(bound: BoundField, *, label: str = "", help: str = "", small: bool = False) -> SafeString:
    return fields.render(bound, label=label, help_text=help, small=small)


@register.simple_tag
def error_summary(*forms: BaseForm | BaseFormSet[BaseForm] | None, title: str = "") -> SafeString:
    errors = fields.errors_of(forms)
    if not errors:
        return mark_safe("")
    return render_to_string("_ui/error_summary.html", {"errors": errors, "title": title, "count": len(errors)})


@register.simple_tag
def choices(
    name: str,
    options: Sequence[tuple[object, str]],
    *,
    legend: str,
    value: object = None,
    id: str = "",
    hide_legend: bool = False,
) -> SafeString:
    chosen = "" if value is None else str(value)
    rows = [(str(key), text, str(key) == chosen) for key, text in options]
    values = {"name": name, "options": rows, "legend": legend, "id": id or f"id_{name}", "hide_legend": hide_legend}
    return render_to_string("_ui/choices.html", values)


def _query(context: Context) -> dict[str, list[str]]:
    request = context.get("request")
    return {key: list(values) for key, values in request.GET.lists()} if request else {}


@register.simple_block_tag(takes_context=True)
def filters(context: Context, content: str, form: BaseForm, *, label: str) -> SafeString:
    for bound in form:
        fields.dress(bound, small=True)
    sort = _query(context).get("sort", [""])[0]
    chosen = form.is_bound and any(bound.data not in (None, "", [], False) for bound in form)
    values = {"content": _trim(content), "form": form, "label": label, "sort": sort, "chosen": chosen}
    return render_to_string("_ui/filters.html", values)


@register.simple_tag(takes_context=True)
def sort_head(context: Context, name: str, label: str, *, numeric: bool = False) -> SafeString:
    query = _query(context)
    now = query.get("sort", [""])[0]
    direction = {name: "ascending", f"-{name}": "descending"}.get(now, "")
    query["sort"] = [f"-{name}" if direction == "ascending" else name]
    query.pop("page", None)
    url = fields.query_string(query)
    return render_to_string(
        "_ui/sort_head.html", {"label": label, "url": url, "direction": direction, "numeric": numeric}
    )


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page[object]) -> SafeString:
    if not page.paginator.count:
        return mark_safe("")
    query = _query(context)

    def link(number: int) -> str:
        return fields.query_string({**query, "page": [str(number)]})

    elided = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    numbers = [(each, link(each) if isinstance(each, int) else "", each == page.number) for each in elided]
    values = {
        "page": page,
        "numbers": numbers,
        "previous": link(page.previous_page_number()) if page.has_previous() else "",
        "next": link(page.next_page_number()) if page.has_next() else "",
    }
    return render_to_string("_ui/pagination.html", values)


# -- Data ------------------------------------------------------------------------------------------------------------
@register.simple_tag
def gantt(gantt: Any) -> SafeString:
    rows = [
        (bars.head(row, status("task", row.state) if row.state else ""), bars.cells(row, gantt.months))
        for row in gantt.rows
    ]
    return render_to_string("_ui/gantt.html", {"gantt": gantt, "rows": rows})


@register.simple_tag
def month(month: object) -> SafeString:
    return render_to_string("_ui/month.html", {"month": month})


@register.simple_tag
def matrix(matrix: Any) -> SafeString:
    marks = {full: short for short, full in getattr(matrix, "marks", ())}
    rows = [(label, [(cell, marks.get(cell, "")) for cell in cells]) for label, cells in matrix.rows]
    return render_to_string("_ui/matrix.html", {"matrix": matrix, "rows": rows})


@register.simple_tag
def timeline(events: Iterable[object]) -> SafeString:
    return render_to_string("_ui/timeline.html", {"events": events})


@register.simple_tag
def due_list(items: Iterable[object]) -> SafeString:
    return render_to_string("_ui/due_list.html", {"items": items})


@register.simple_tag(takes_context=True)
def job(context: Context, item: object) -> SafeString:
    return render_to_string("_ui/job.html", {"job": item, "csrf_token": context.get("csrf_token", "")})


@register.simple_tag
def file(label: str, url: str, *, kind: str = "") -> SafeString:
    icon_name = vocabulary.FILE_ICONS.get((kind or label.rsplit(".", 1)[-1]).lower(), "file-text")
    return render_to_string("_ui/file.html", {"label": label, "url": url, "icon": icon_name})
