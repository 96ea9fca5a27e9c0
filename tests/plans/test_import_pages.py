"""The import page: a file becomes values beside its lines, the values become a draft; what cannot be read is told."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError

from activity.models import AuditEvent
from plans.document import read_document
from plans.document.files import read_file
from plans.document.spelling import fold
from plans.models import Plan, Task
from plans.services import import_document
from plans.services.papers import UnreadablePaper, read_paper
from tests.factories.units import UnitFactory
from tests.plans.papers import hostile
from tests.plans.papers.in_pdf import PDF, landscape_annex
from tests.plans.papers.in_word import WORD, merged_cells_plan, numbered_plan
from units.models import Unit
from units.permissions import Role

pytestmark = pytest.mark.django_db

ALL = {**WORD, **PDF}
URL = "/plans/import/"
QUERIES = 5
PAPERS = {"ke-hoach.docx": numbered_plan, "huyen.docx": merged_cells_plan, "phu-luc.pdf": landscape_annex}


def _upload(client, name: str, data: bytes, **fields):
    return client.post(URL, {"step": "read", "file": SimpleUploadedFile(name, data), **fields})


def _words(html: str) -> str:
    return re.sub(r"\W+", " ", fold(unescape(re.sub(r"<[^>]+>", " ", html)))).strip()


def _carried(page: str) -> str:
    """The text that the page sends back when the draft is saved, as a browser would."""
    found = re.search(r'<textarea class="d-none" name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return unescape(found[1]).replace("\n", "\r\n")


@pytest.mark.parametrize("name", PAPERS)
def test_a_file_is_read_and_saved_without_loss_between_the_posts(client, cast, name):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    data = PAPERS[name]()

    read = _upload(client, name, data)
    nothing_saved = not Plan.objects.exists()
    saved = client.post(URL, {"step": "save", "text": _carried(read.content.decode()), "unit": cast.province.pk})

    document = read_document(read_file(name=name, data=data))
    plan = Plan.objects.get()
    assert (read.status_code, nothing_saved, saved.status_code) == (200, True, 302)
    assert saved.url == f"/plans/{plan.pk}/edit/"
    assert [(task.title, task.period_text, task.start, task.end, task.cost) for task in plan.tasks.all()] == [
        (task.title, task.period.text or "", task.period.start, task.period.end, task.cost) for task in document.tasks
    ]
    assert [each.text for task in plan.tasks.all() for each in task.performers.all()] == [
        each.text for task in document.tasks for each in task.performers
    ]
    assert plan.funding.amount == document.funding.amount
    assert "\r" not in plan.source_text
    assert AuditEvent.objects.filter(action="plans.imported").count() == 1


def test_every_value_links_to_its_lines_and_every_line_back(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    page = _upload(client, "a.docx", numbered_plan())

    content = page.content.decode()
    anchors = set(re.findall(r'id="((?:line|read)-\d+)"', content))
    targets = set(re.findall(r'href="#((?:line|read)-\d+)"', content))
    assert targets <= anchors
    reading = page.context["reading"]
    document = page.context["document"]
    tasks = next(group for group in reading.groups if group.key == "tasks")
    assert [entry.text for entry in tasks.entries] == [task.title for task in document.tasks]
    for entry, task in zip(tasks.entries, document.tasks, strict=True):
        assert set(entry.lines) == set(task.source)
        assert all(entry.anchor in line.entries for line in reading.lines if line.number in entry.lines)
        assert f'href="#line-{entry.first}"' in content
    assert len(reading.lines) == len(document.lines)


def test_lines_not_understood_are_listed_on_top_and_marked(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    text = read_file(name="a.docx", data=numbered_plan()) + "\nDòng lạ không ai hiểu được viết gì"

    page = client.post(URL, {"step": "read", "text": text})

    content = page.content.decode()
    (unknown,) = page.context["reading"].unknown
    assert unknown.text == "Dòng lạ không ai hiểu được viết gì"
    listed = content.index('id="unknown"')
    assert f'href="#line-{unknown.number}"' in content[listed:]
    assert f'<li class="paper-line unknown" id="line-{unknown.number}"' in content
    assert listed < content.index('id="lines"')


def test_rows_of_a_table_are_shown_as_cells(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    page = _upload(client, "a.docx", numbered_plan())

    rows = [line for line in page.context["reading"].lines if line.cells]
    assert [len(row.cells) for row in rows] == [6] * 4
    assert page.content.decode().count('class="cells"') == 4


def test_rows_of_many_columns_are_shown_as_what_they_fill(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    page = _upload(client, "a.pdf", landscape_annex())

    rows = [line for line in page.context["reading"].lines if line.cells]
    assert [len(row.cells) for row in rows] == [16] * 6
    assert rows[3].wide == (
        ("TT", "2"),
        ("Nội dung công việc", "Đào tạo kiến thức về TCVN ISO 18091:2020"),
        ("Đơn vị thực hiện", "Chi cục TCĐLCL;\nUBND xã"),
        ("6", "x"),
        ("Kinh phí (triệu đồng)", "42,5"),
    )
    assert page.content.decode().count('class="cells wide"') == 6


@pytest.mark.parametrize("name", ALL)
def test_every_word_of_a_paper_is_on_the_page_of_its_plan(client, cast, name):
    """The head of a table of tasks and the marks under months are said by the tasks; their money has its own page."""
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    called = f"{name}.docx" if name in WORD else f"{name}.pdf"
    text = read_file(name=called, data=ALL[name]())
    document = read_document(text)
    plan = import_document(document=document, unit=cast.province, by=None, text=text)

    page = client.get(f"/plans/{plan.pk}/").content.decode()

    shown = set(_words(re.sub(r"<(script|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)).split())
    for before, line in pairwise((None, *document.lines)):
        heads_a_table = bool(line.cells) and not (before and before.cells)
        in_the_head = re.match(r"số\b|nơi nhận|.*, ngày |.*\tcộng hòa", line.text.casefold())
        if heads_a_table or in_the_head:
            continue
        words = {word for word in _words(line.text).split() if re.search(r"[a-z]{2}", word)}
        assert words - {"chu", "tri", "phoi", "hop", "thoi", "gian", "trieu", "dong"} <= shown, line


REFUSED = {
    "cu.doc": hostile.old_word,
    "macro.docm": hostile.plain_word,
    "macro.docx": hostile.word_with_macros,
    "mat-khau.docx": hostile.word_with_password,
    "mat-khau.pdf": hostile.pdf_with_password,
    "doi-ten.pdf": hostile.plain_word,
    "rong.docx": lambda: b"",
    "cut.docx": lambda: hostile.plain_word()[:3000],
    "cut.pdf": lambda: landscape_annex()[:2000],
    "quet.pdf": hostile.scan,
    "bom.docx": hostile.word_bomb_of_text,
    "xxe.docx": hostile.word_that_reaches_out,
    "anh.png": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
    "latin.txt": lambda: "Kế hoạch".encode("utf-16-be"),
    "vntime.txt": lambda: ("Céng hoµ x· héi chñ nghÜa ViÖt Nam §éc lËp - Tù do - H¹nh phóc " * 3).encode(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(client, cast, name):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    data = REFUSED[name]()

    answer = _upload(client, name, data, unit=cast.province.pk)

    assert answer.status_code == 422
    (reason,) = answer.context["form"].errors["file"]
    assert len(reason) > 15
    assert (Plan.objects.count(), Task.objects.count()) == (0, 0)
    assert not AuditEvent.objects.filter(action="plans.imported").exists()
    assert "/plans/import/" not in answer.headers.get("Location", "")
    if data:
        with pytest.raises(UnreadablePaper) as refused:
            read_paper(name=name, data=data)
        assert str(refused.value) == str(reason)


def test_each_reason_is_its_own():
    reasons = set()
    for name, build in REFUSED.items():
        with pytest.raises(UnreadablePaper) as refused:
            read_paper(name=name, data=build())
        reasons.add((type(refused.value.cause), str(refused.value)))

    assert len({cause for cause, _ in reasons}) == len({words for _, words in reasons}) >= 9


def test_nothing_typed_is_lost_when_the_file_is_refused(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    answer = _upload(client, "cu.doc", hostile.old_word(), text="KẾ HOẠCH đã dán", unit=cast.province.pk)

    assert answer.status_code == 422
    assert "KẾ HOẠCH đã dán" in answer.content.decode()
    assert str(cast.province.pk) == answer.context["form"]["unit"].value()


def test_markup_in_a_file_stays_text(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    xss = '"><img src=x onerror=alert(1)>'
    text = (
        read_file(name="a.docx", data=numbered_plan())
        .replace("Sở KH&CN", f"Sở KH&CN {xss}")
        .replace("(03", f"({xss} 03")
    )

    page = client.post(URL, {"step": "read", "text": text}).content.decode()

    assert "<img" not in page
    assert "&lt;img" in page


@pytest.mark.parametrize("name", ["short", "long"])
def test_the_page_costs_the_same_queries_for_short_and_long_papers(client, cast, django_assert_num_queries, name):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    text = "KẾ HOẠCH\nThử" if name == "short" else read_file(name="a.docx", data=merged_cells_plan())
    client.get(URL)

    with django_assert_num_queries(QUERIES):
        client.post(URL, {"step": "read", "text": text, "unit": cast.province.pk})


@pytest.mark.parametrize("name", PAPERS)
def test_the_command_takes_word_and_pdf(tmp_path, name):
    unit = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh")
    path = tmp_path / name
    path.write_bytes(PAPERS[name]())

    call_command("import_plan", str(path), "--unit", str(unit.pk))

    assert Plan.objects.get().tasks.count() >= 3


def test_the_command_says_why_a_file_is_refused(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(hostile.scan())

    with pytest.raises(CommandError) as refused:
        call_command("import_plan", str(path))

    assert "OCR" in str(refused.value)
