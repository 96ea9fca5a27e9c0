"""A plan in the order of its paper, whatever shape the paper has."""

from __future__ import annotations

from datetime import date

import pytest

from plans.contexts import plan_progress
from plans.contexts.paper import as_sentence, citation, read_paper
from plans.document import read_document
from plans.models import LegalBasis, Passage
from plans.services import import_document
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role

pytestmark = pytest.mark.django_db


def item(text, line, *, label="", depth=1, cells=()):
    return {"label": label, "text": text, "depth": depth, "source": [line], "cells": list(cells)}


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province)


def paper_of(plan, cast):
    return read_paper(plan, plan_progress(plan=plan, user=cast[Role.PROGRAMME_OFFICER], as_of=date(2024, 3, 1)))


def add_section(plan, items, *, order=0, kind="other", title="", label=""):
    return plan.sections.create(order=order, kind=kind, title=title, label=label, items=items)


def test_headings_lists_paragraphs_and_tables_keep_their_order(plan, cast):
    items = [
        item("Mục đích", 1, label="1."),
        item("Gạch một", 2, label="-", depth=2),
        item("Gạch hai", 3, label="-", depth=2),
        item("Một đoạn", 4),
        item("A B", 5, cells=["A", "B"]),
        item("1 2", 6, cells=["1", "2"]),
    ]
    add_section(plan, items, label="I.", title="MỤC ĐÍCH CỦA UBND TỈNH")

    (section,) = paper_of(plan, cast).sections

    assert section.title == "I. Mục đích của UBND tỉnh"
    assert [block.kind for block in section.blocks] == ["heading", "list", "paragraph", "table"]
    assert [entry.text for entry in section.blocks[1].entries] == ["Gạch một", "Gạch hai"]
    assert section.blocks[3].rows == [["A", "B"], ["1", "2"]]


def test_tasks_take_the_place_of_their_lines_and_of_their_table_head(plan, cast):
    task_of(plan, title="Việc một", source_lines=[12])
    task_of(plan, title="Việc hai", source_lines=[14])
    items = [
        item("Trước", 10),
        item("TT Nội dung", 11, cells=["TT", "Nội dung"]),
        item("1 Việc một", 12, cells=["1", "Việc một"]),
        item("Ở giữa", 13),
        item("Việc hai", 14, label="2."),
    ]
    add_section(plan, items)

    (section,) = paper_of(plan, cast).sections

    assert [block.kind for block in section.blocks] == ["paragraph", "tasks", "paragraph", "tasks"]
    assert [[task.title for task in block.tasks] for block in section.blocks if block.tasks] == [
        ["Việc một"],
        ["Việc hai"],
    ]
    assert [block.anchor for block in section.blocks] == ["", "tasks", "", ""]


def test_tasks_that_no_section_holds_are_still_shown(plan, cast):
    task_of(plan, title="Việc lẻ")
    add_section(plan, [item("Đoạn", 1)])

    sections = paper_of(plan, cast).sections

    assert [task.title for block in sections[-1].blocks for task in block.tasks] == ["Việc lẻ"]


def test_passages_are_shown_once(plan, cast):
    add_section(plan, [item("Trong mục", 5)])
    for order, (text, line) in enumerate([("Trong mục", 5), ("Ngoài mục", 9)]):
        plan.passages.create(order=order, kind=Passage.Kind.CLOSING, text=text, source_lines=[line])

    assert [passage.text for passage in paper_of(plan, cast).passages] == ["Ngoài mục"]


@pytest.mark.parametrize(
    ("text", "number", "day"),
    [
        ("Căn cứ Kế hoạch số 278/KH-UBND ngày 13/12/2017 của UBND tỉnh;", "278/KH-UBND", "13/12/2017"),
        ("Căn cứ Quyết định số 29/QĐ-KHCN, ngày 22/01/2024 của Giám đốc", "29/QĐ-KHCN", "22/01/2024"),
        ("Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020", "30/2020/NĐ-CP", "05 tháng 3 năm 2020"),
        ("Căn cứ Luật Tổ chức chính quyền địa phương;", "", ""),
    ],
)
def test_a_citation_is_told_apart_and_kept_whole(plan, text, number, day):
    basis = LegalBasis(plan=plan, order=0, text=text)

    assert citation(basis) == type(citation(basis))(number, day, text)


@pytest.mark.parametrize(
    ("title", "shown"),
    [("KINH PHÍ THỰC HIỆN", "Kinh phí thực hiện"), ("Tổ chức UBND", "Tổ chức UBND"), ("BCĐ ISO", "BCĐ ISO"), ("", "")],
)
def test_headings_in_capitals_are_shown_as_sentences(title, shown):
    assert as_sentence(title) == shown


def test_a_decision_with_articles_is_shown_whole(client, cast):
    text = """ỦY BAN NHÂN DÂN
TỈNH MẪU
Số: 12/QĐ-UBND
Mẫu, ngày 05 tháng 3 năm 2024
QUYẾT ĐỊNH
Về việc áp dụng TCVN ISO 9001:2015
CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH
Căn cứ Luật Tổ chức chính quyền địa phương;
QUYẾT ĐỊNH:
Điều 1. Ban hành kèm theo Quyết định này Kế hoạch áp dụng.
Điều 2. Quyết định này có hiệu lực kể từ ngày ký.
Nơi nhận:
- Như Điều 2;
- Lưu: VT.
CHỦ TỊCH
Trần Văn Mẫu"""
    plan = import_document(document=read_document(text), unit=cast.province, by=None, text=text)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    content = client.get(f"/plans/{plan.pk}/").content.decode()

    for words in (
        "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH",
        "Luật Tổ chức chính quyền",
        "Ban hành kèm theo",
        "có hiệu lực",
        "Trần Văn Mẫu",
    ):
        assert words in content, words
