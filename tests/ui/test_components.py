"""Each component with edge values: nothing, long Vietnamese words, markup typed by a person."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace as Item
from xml.etree import ElementTree

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from isoportal.templatetags import vocabulary

EVIL = "<script>alert(1)</script>"
SAFE = "&lt;script&gt;"
LONG = "Đôn đốc việc xây dựng, áp dụng, duy trì và cải tiến HTQLCL của các cơ quan hành chính nhà nước " * 3
AT = datetime(2024, 10, 22, 7, 2, tzinfo=UTC)


def render(source: str, path: str = "/", **values: object) -> str:
    request = RequestFactory().get(path)
    return Template(source).render(Context({"request": request, "evil": EVIL, "long": LONG, **values}))


def tree(markup: str) -> ElementTree.Element:
    """The markup as XML: proves that what is opened is closed. Void and boolean parts of HTML are completed first."""
    for word in ("checked", "required", "hidden", "data-error-summary"):
        markup = markup.replace(f" {word}>", f' {word}="">').replace(f" {word} ", f' {word}="" ')
    for void in ("input", "br", "hr"):
        parts = markup.split(f"<{void}")
        markup = parts[0] + "".join(f"<{void}" + part.replace(">", "/>", 1) for part in parts[1:])
    return ElementTree.fromstring(f"<div>{markup}</div>")


class PlanForm(forms.Form):
    title = forms.CharField(label="Nội dung", max_length=5, help_text="Như văn bản")
    amount = forms.CharField(label="Kinh phí", required=False)
    lead = forms.ChoiceField(label="Chủ trì", choices=[("", "–"), ("1", "Sở KH&CN")], required=False)
    percent = forms.ChoiceField(
        label="Phần trăm", choices=[(str(n), str(n)) for n in (0, 50, 100)], widget=forms.RadioSelect
    )
    month = forms.ChoiceField(
        label="Tháng", choices=[(str(n), str(n)) for n in range(1, 13)], widget=forms.RadioSelect, required=False
    )
    checked = forms.BooleanField(label="Đã kiểm tra")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def gantt(**changes: object) -> Item:
    months = [Item(year=2024, number=n, quarter_start=n % 3 == 1, is_now=n == 2) for n in range(1, 7)]
    cells = [
        Item(classes="on past from", week=None, text=""),
        Item(classes="on now", week=4, text="đến hạn"),
        Item(classes="on to", week=None, text=""),
        *[Item(classes="", week=None, text="") for _ in range(3)],
    ]
    values = {
        "caption": "Lịch",
        "months": months,
        "quarters": [("Quý I", 3), ("Quý II", 3)],
        "rows": [Item(label=EVIL, url="/tasks/1/", cells=cells, state="late")],
        "today": date(2024, 2, 26),
    }
    return Item(**{**values, **changes})


def test_an_icon_is_silent_unless_it_is_named():
    assert 'aria-hidden="true"' in render('{% icon "send" %}')
    spoken = render('{% icon "check" label=evil %}')
    assert 'role="img"' in spoken
    assert f'aria-label="{SAFE}' in spoken


@pytest.mark.parametrize(
    ("kind", "state"), [(kind, state) for kind, states in vocabulary.STATUSES.items() for state in states]
)
def test_every_state_says_a_word_beside_its_colour_and_icon(kind, state):
    known = vocabulary.STATUSES[kind][state]

    pill = tree(render("{% status kind state %}", kind=kind, state=state))[0]

    assert "".join(pill.itertext()).strip() == str(known.word)
    assert pill.get("class", "").split() == ["pill", *([known.tone] if known.tone else [])]
    assert pill.find("svg").get("aria-hidden") == "true"


def test_a_state_changes_its_word_with_the_language():
    with translation.override("en"):
        english = render('{% status "plan" "draft" %}')
    with translation.override("vi"):
        vietnamese = render('{% status "plan" "draft" %}')

    assert "Draft" in english
    assert "Dự thảo" in vietnamese


def test_an_unknown_state_is_shown_escaped_and_neutral():
    pill = render('{% status "plan" evil %}')

    assert SAFE in pill
    assert 'class="pill"' in pill


@pytest.mark.parametrize(("value", "shape"), [("green", "x"), ("X", "x"), ("yellow", "v"), ("red", "d"), ("Đ", "d")])
def test_a_light_has_letter_shape_and_word(value, shape):
    light = tree(render("{% light value %}", value=value))[0]

    assert light.get("class") == f"rag {shape}"
    assert len(light.find("svg")) == 1
    assert "(" in "".join(light.itertext())


@pytest.mark.parametrize("value", [None, "", "purple"])
def test_no_light_is_a_dash(value):
    assert render("{% light value %}", value=value) == "–"


@pytest.mark.parametrize("state", vocabulary.SAVE_STATES)
def test_a_save_state_says_when(state):
    markup = render("{% save_state state at=at %}", state=state, at=AT)

    assert "14:02" in markup
    assert str(vocabulary.SAVE_STATES[state].word) in markup


@pytest.mark.parametrize(
    "source",
    [
        "{% pill evil %}",
        "{% missing evil %}",
        "{% crumb evil evil %}",
        "{% page_head evil over=evil lead=evil pill=evil %}{{ evil }}{% endpage_head %}",
        "{% facts %}{% fact evil %}{{ evil }}{% endfact %}{% endfacts %}",
        "{% section evil count=evil actions=evil %}{{ evil }}{% endsection %}",
        "{% empty_state evil %}{{ evil }}{% endempty_state %}",
        '{% notice "bad" %}{{ evil }}{% endnotice %}',
        "{% strip items label=evil %}",
        "{% tabs items label=evil %}",
        "{% segmented items label=evil %}",
        "{% due_list items %}",
        "{% timeline items %}",
        "{% toast evil 'ok' %}",
        "{% meter 1 2 label=evil %}",
        "{% bar 1 label=evil %}",
        "{% file evil evil %}",
        "{% modal 'm' evil %}{{ evil }}{% endmodal %}",
        "{% choices 'c' pairs legend=evil %}",
        "{% job item %}",
        "{% matrix matrix %}",
        "{% sort_head 'name' evil %}",
    ],
)
def test_what_a_person_typed_is_text(source):
    item = Item(
        label=EVIL, url=EVIL, value=EVIL, note=EVIL, text=EVIL, day=EVIL, who=EVIL, at=AT, icon="send", title=EVIL,
        state="queued", count=EVIL, current=True, weekday=EVIL,
    )  # fmt: skip
    matrix = Item(caption=EVIL, corner=EVIL, columns=[(EVIL, EVIL)], rows=[(EVIL, [EVIL, ""])])

    markup = render(source, path=f"/?q={EVIL}", items=[item], item=item, pairs=[(EVIL, EVIL)], matrix=matrix)

    assert "<script" not in markup
    assert SAFE in markup
    assert tree(markup) is not None


@pytest.mark.parametrize(
    "source",
    [
        "{% page_head long %}{% endpage_head %}",
        "{% section long %}{% endsection %}",
        "{% strip none label=long %}",
        "{% tabs none label=long %}",
        "{% timeline none %}",
        "{% due_list none %}",
        "{% empty_state long %}{% endempty_state %}",
        "{% meter None 0 %}",
        "{% bar None None label=long %}",
    ],
)
def test_nothing_and_much_both_hold(source):
    assert tree(render(source, none=[])) is not None


def test_markup_from_another_tag_stays_markup():
    markup = render(
        '{% status "plan" "draft" as pill %}{% actions as buttons %}<a href="/x">x</a>{% endactions %}'
        '{% page_head "T" pill=pill %}<b>go</b>{% endpage_head %}'
        '{% section "S" actions=buttons %}<i>in</i>{% endsection %}'
    )

    assert "<b>go</b>" in markup
    assert "<i>in</i>" in markup
    assert '<a href="/x">x</a>' in markup
    assert "&lt;" not in markup


def test_a_section_is_named_by_its_title_and_shows_a_count_of_zero():
    section = tree(render('{% section "Nhiệm vụ" id="tasks" count=0 %}{% endsection %}'))[0]

    assert section.get("aria-labelledby") == section.find(".//h2").get("id") == "tasks-title"
    assert section.find(".//span[@class='count']").text == "0"
    assert 'class="count"' not in render('{% section "Nhiệm vụ" %}{% endsection %}')


@pytest.mark.parametrize(("done", "total"), [(18, 23), (0, 0), (None, 5), (Decimal("1.5"), Decimal(2))])
def test_a_meter_has_numbers_a_browser_reads_and_a_name(done, total):
    meter = tree(render("{% meter done total %}", done=done, total=total))[0]

    assert float(meter.get("value")) >= 0
    assert float(meter.get("max")) > 0
    assert meter.get("aria-label")


def test_a_bar_lays_shares_end_to_end_and_stops_at_a_hundred():
    widths = [rect.get("width") for rect in tree(render("{% bar 42.1 7.1 90 label='x' %}")).iter("rect")]

    assert widths == ["100.0", "49.2", "42.1"]


@pytest.mark.parametrize(
    ("tone", "role"), [("success", "status"), ("info", "status"), ("bad", "alert"), ("error", "alert")]
)
def test_a_toast_interrupts_only_with_bad_news(tone, role):
    assert tree(render("{% toast 'x' tone %}", tone=tone))[0].get("role") == role


# -- Forms -----------------------------------------------------------------------------------------------------------
def test_a_field_ties_label_help_and_error_to_its_control():
    form = PlanForm({"title": EVIL})
    form.is_valid()

    markup = render("{% field form.title %}", form=form)
    control = tree(markup).find(".//input")

    assert control.get("class").split() == ["form-control", "is-invalid"]
    assert control.get("aria-invalid") == "true"
    assert control.get("aria-describedby") == "id_title_helptext id_title_error"
    for tied in control.get("aria-describedby").split():
        assert f'id="{tied}"' in markup
    assert tree(markup).find(".//label").get("for") == control.get("id")
    assert "<script" not in markup


def test_only_optional_fields_are_marked():
    form = PlanForm()
    mark = translation.gettext("optional")

    assert mark in render("{% field form.amount %}", form=form)
    assert mark not in render("{% field form.title %}", form=form)
    assert mark not in render("{% field form.checked %}", form=form)


def test_few_choices_are_one_tap_and_many_are_a_list():
    form = PlanForm({"percent": "50"})

    few = tree(render("{% field form.percent %}", form=form))
    many = render("{% field form.month %}", form=form)

    assert [i.get("value") for i in few.iter("input") if "checked" in i.attrib] == ["50"]
    assert few.find(".//legend") is not None
    assert {i.get("id") for i in few.iter("input")} == {label.get("for") for label in few.iter("label")}
    assert 'class="form-check"' in many
    assert "btn-check" not in many


def test_the_other_kinds_of_field():
    form = PlanForm()

    assert 'class="form-select"' in render("{% field form.lead %}", form=form)
    assert 'class="form-check-input"' in render("{% field form.checked %}", form=form)
    assert "<label" not in render("{% field form.secret %}", form=form)
    assert "form-control-sm" in render("{% field form.title small=True %}", form=form)


def test_the_summary_leads_to_each_thing_to_correct():
    form = PlanForm({"title": "quá dài lắm", "percent": "7"})
    form.is_valid()
    form.add_error(None, EVIL)

    summary = tree(render("{% error_summary form %}", form=form))[0]

    assert [a.get("href") for a in summary.iter("a")] == ["#id_title", "#id_percent", "#id_checked"]
    assert summary.get("role") == "alert"
    assert summary.get("tabindex") == "-1"
    assert len(list(summary.iter("li"))) == 4


@pytest.mark.parametrize("form", [None, PlanForm(), PlanForm({"title": "x", "percent": "50", "checked": "on"})])
def test_no_error_no_summary(form):
    assert render("{% error_summary form %}", form=form) == ""


def test_the_summary_reads_formsets():
    formset = forms.formset_factory(PlanForm)({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-title": "x"})
    formset.is_valid()

    assert "#id_form-0-checked" in render("{% error_summary formset %}", formset=formset)


def test_filters_keep_the_sorting_and_offer_a_way_back():
    class Filter(forms.Form):
        q = forms.CharField(label="Tìm", required=False)

    chosen = render("{% filters form label='Lọc' %}{% endfilters %}", path="/?q=a&sort=-name", form=Filter({"q": "a"}))
    unchosen = render("{% filters form label='Lọc' %}{% endfilters %}", form=Filter({"page": "2"}))

    assert '<input type="hidden" name="sort" value="-name">' in chosen
    assert 'href="?"' in chosen
    assert 'href="?"' not in unchosen
    assert 'name="sort"' not in unchosen


@pytest.mark.parametrize(
    ("path", "direction", "url"),
    [
        ("/?q=a&page=3", None, "?q=a&sort=name"),
        ("/?sort=name", "ascending", "?sort=-name"),
        ("/?sort=-name", "descending", "?sort=name"),
    ],
)
def test_a_sortable_head_says_its_direction_and_keeps_the_filters(path, direction, url):
    head = tree(render("{% sort_head 'name' 'Tên' numeric=True %}", path=path)).find("th")

    assert head.get("aria-sort") == direction
    assert head.find("a").get("href") == url
    assert head.get("class") == "num"


def test_pagination_keeps_the_query_and_names_the_page_one_is_on():
    page = Paginator(range(239), 25).page(3)

    markup = tree(render("{% pagination page %}", path="/?q=a&page=3", page=page))

    assert [a.get("href") for a in markup.iter("a") if a.get("rel")] == ["?q=a&page=2", "?q=a&page=4"]
    assert [a.text for a in markup.iter("a") if a.get("aria-current") == "page"] == ["3"]


@pytest.mark.parametrize(("rows", "links"), [(0, 0), (3, 0), (26, 3)])
def test_pagination_appears_only_when_there_are_pages(rows, links):
    page = Paginator(list(range(rows)), 25).page(1)

    assert render("{% pagination page %}", page=page).count("<a ") == links


# -- Data ------------------------------------------------------------------------------------------------------------
def test_the_gantt_draws_quarters_today_and_speaks_its_cells():
    markup = render("{% gantt gantt %}", gantt=gantt())
    table = tree(markup).find(".//table")

    first, second, *_ = table.findall(".//tbody/tr/td")
    assert first.get("class").split() == ["q", "on", "past", "from"]
    assert "".join(first.itertext()) == translation.gettext("yes")
    assert "".join(second.itertext()) == "đến hạn"
    assert second.get("data-week") == "4"
    assert table.find("caption").text == "Lịch"
    assert [th.get("aria-current") for th in table.findall(".//thead/tr[2]/th")].count("date") == 1
    assert "26/2/2024" in markup
    assert "<script" not in markup


def test_a_gantt_over_two_years_is_long():
    months = [Item(year=2024 + n // 12, number=n % 12 + 1, quarter_start=n % 3 == 0, is_now=False) for n in range(24)]

    markup = render("{% gantt gantt %}", gantt=gantt(months=months, rows=[], quarters=[("2024", 12), ("2025", 12)]))

    assert "gantt-long" in markup


def test_a_gantt_refuses_a_row_that_is_not_as_long_as_its_months():
    short = gantt(rows=[Item(label="x", url="", cells=[], state="")])

    with pytest.raises(ValueError, match="zip"):
        render("{% gantt gantt %}", gantt=short)


def test_a_running_job_shows_how_far_it_is_and_a_stopped_one_what_can_be_done():
    running = render("{% job item %}", item={"title": "T", "state": "running", "percent": 62, "cancel_url": "/c"})
    waiting = render("{% job item %}", item={"title": "T", "state": "running", "percent": None})
    failed = render("{% job item %}", item={"title": "T", "state": "failed", "retry_url": "/r"}, csrf_token="tok")

    assert 'value="62"' in running
    assert 'action="/c"' in running
    assert "value=" not in waiting
    assert 'action="/r"' in failed
    assert 'value="tok"' in failed
    assert "<progress" not in failed
