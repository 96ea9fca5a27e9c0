"""Cells as people fill them in: what is understood, and what is refused by its address."""

from __future__ import annotations

import datetime
import unicodedata
from decimal import Decimal

import pytest

from assessments import scoring
from assessments.models import Score
from assessments.renderers.scoring_workbook.answers import CellProblem, answer_of, explanation_of
from assessments.renderers.scoring_workbook.layout import HEAD_ROW, SHEET
from assessments.services.workbooks import check_upload
from tests.factories.assessments import AssessmentFactory, RoundFactory
from tests.factories.workbooks import (
    KINDS,
    LIT,
    address,
    columns,
    edited,
    exported,
    filled,
    put,
    row_of,
    set_of_every_kind,
    set_of_every_light,
)


@pytest.fixture
def sheet(sheets):
    return AssessmentFactory(
        round=RoundFactory(unit=sheets.cast.province, criteria_set=set_of_every_kind()), unit=sheets.cast.a
    )


def rule(code, lit=False):
    if lit:
        kind, parameters = LIT[code]
        return scoring.Rule(code=code, group="1", kind=scoring.Kind(kind), parameters=parameters)
    kind, maximum, parameters, more = KINDS[code]
    return scoring.Rule(
        code=code,
        group="1",
        kind=scoring.Kind(kind),
        maximum=scoring.half_up(Decimal(maximum)),
        parameters=parameters,
        skippable=more.get("skippable", False),
    )


UNDERSTOOD = [
    ("1.1", {"answer": "CÓ"}, {"value": True}),
    ("1.1", {"answer": "x"}, {"value": True}),
    ("1.1", {"answer": "yes"}, {"value": True}),
    ("1.1", {"answer": True}, {"value": True}),
    ("1.1", {"answer": 1}, {"value": True}),
    ("1.1", {"answer": " co\u0301 "}, {"value": True}),
    ("1.1", {"answer": "Kho\u0302ng"}, {"value": False}),
    ("1.1", {"answer": "không\xa0"}, {"value": False}),
    ("1.1", {"case": "kad"}, {"not_applicable": True}),
    ("1.1", {"case": "x"}, {"not_applicable": True}),
    ("1.1", {"answer": "Không áp dụng"}, {"not_applicable": True}),
    ("1.2", {"answer": 1.5}, {"level": 1}),
    ("1.2", {"answer": "1,5"}, {"level": 1}),
    ("1.2", {"answer": "1.5 điểm"}, {"level": 1}),
    ("1.2", {"answer": "một phần,  có văn bản"}, {"level": 1}),
    ("1.2", {"answer": "1,5 điểm - Một phần, có văn bản"}, {"level": 1}),
    ("1.2", {"answer": 0}, {"level": 0}),
    ("1.3", {"answer": 109, "of": 118.0}, {"done": "109", "of": "118"}),
    ("1.3", {"answer": "1.090", "of": "1 180"}, {"done": "1090", "of": "1180"}),
    ("1.3", {"answer": "109/118"}, {"done": "109", "of": "118"}),
    ("1.3", {"case": "không phát sinh, đã báo cáo"}, {"none": True}),
    ("1.4", {"answer": "97,5 %"}, {"percent": "97.5"}),
    ("1.4", {"answer": "97.5"}, {"percent": "97.5"}),
    ("1.4", {"answer": {"percent": 0.975}}, {"percent": "97.5"}),
    ("1.4", {"answer": 97.1}, {"percent": "97.1"}),
    ("1.4", {"answer": 0.1 + 0.2}, {"percent": "0.3"}),
    ("1.5", {"answer": "4"}, {"count": "4"}),
    ("1.6", {"item0": "X", "item2": "✓"}, {"items": [0, 2]}),
    ("1.6", {"item0": "có", "item1": "không"}, {"items": [0]}),
    ("1.6", {"answer": "1; 3"}, {"items": [0, 2]}),
    ("1.6", {"case": "không có"}, {"items": []}),
    ("2.1", {"answer": "đúng hạn"}, {"days_late": "0"}),
    ("2.1", {"answer": "chậm 12 ngày"}, {"days_late": "12"}),
    ("2.1", {"answer": "chưa thực hiện"}, {"never": True}),
    ("2.2", {"answer": "7,5"}, {"points": "7.5"}),
    ("2.2", {"answer": "7.50 điểm"}, {"points": "7.5"}),
    ("2.2", {}, {}),
]
LIGHTS_UNDERSTOOD = [
    ("1.1", {"answer": "XANH"}, {"light": "green"}),
    ("1.1", {"answer": "đ ▲"}, {"light": "red"}),
    ("1.2", {"answer": "96,2 %"}, {"value": "96.2"}),
    ("1.2", {"answer": {"percent": 0.962}}, {"value": "96.2"}),
    ("1.3", {"answer": "12 ngày"}, {"value": "12"}),
    ("1.3", {"answer": "−3,25"}, {"value": "-3.25"}),
    ("1.4", {"answer": "vàng"}, {"light": "yellow"}),
]


def test_what_people_write_is_understood():
    for cases, lit in ((UNDERSTOOD, False), (LIGHTS_UNDERSTOOD, True)):
        for code, cells, wanted in cases:
            assert answer_of(rule(code, lit), cells) == wanted, (code, cells)


REFUSED = [
    ("1.1", {"answer": "có lẽ"}, "answer", "yes_no"),
    ("1.1", {"answer": "Có", "case": "Không áp dụng"}, "case", "either"),
    ("1.1", {"answer": "Có", "of": 3}, "of", "not_here"),
    ("1.1", {"answer": "Có", "item1": "x"}, "item1", "not_here"),
    ("1.2", {"answer": 2}, "answer", "level"),
    ("1.2", {"answer": "tốt"}, "answer", "level"),
    ("1.3", {"answer": 109}, "of", "half"),
    ("1.3", {"of": 109}, "answer", "half"),
    ("1.3", {"answer": 1.5, "of": 3}, "answer", "whole"),
    ("1.3", {"answer": {"date": "2026-10-12"}}, "answer", "date"),
    ("1.3", {"answer": 3, "of": 4, "case": "Không áp dụng"}, "case", "either"),
    ("1.3", {"case": "nghỉ"}, "case", "case"),
    ("1.4", {"answer": "nhiều"}, "answer", "number"),
    ("1.4", {"answer": "1.234"}, "answer", "separator"),
    ("1.4", {"answer": True}, "answer", "number"),
    ("1.5", {"answer": "−1"}, "answer", "whole"),
    ("1.5", {"answer": "9" * 5000}, "answer", "whole"),
    ("1.5", {"answer": {"fault": True}}, "answer", "fault"),
    ("1.5", {"answer": {"formula": True}}, "answer", "formula"),
    ("1.6", {"answer": "vài mục"}, "answer", "tick"),
    ("1.6", {"answer": "4"}, "answer", "tick"),
    ("1.6", {"item0": "?"}, "item0", "mark"),
    ("1.6", {"item3": "x"}, "item3", "no_item"),
    ("1.6", {"item0": "x", "case": "Không có mục nào"}, "case", "either"),
    ("2.1", {"answer": {"date": "2026-03-01"}}, "answer", "day"),
    ("2.1", {"answer": 3, "case": "Chưa thực hiện"}, "case", "either"),
    ("2.2", {"answer": {"percent": 0.5}}, "answer", "number"),
    ("2.2", {"answer": "1.500"}, "answer", "separator"),
]


def test_what_cannot_be_understood_is_refused_with_its_reason():
    for code, cells, column, why in REFUSED:
        with pytest.raises(CellProblem) as problem:
            answer_of(rule(code), cells)
        assert (problem.value.column, problem.value.code) == (column, why), (code, cells)


def test_an_explanation_is_text_whatever_the_cell_holds():
    told = [
        explanation_of({"explanation": value}) for value in ("a", 12.5, {"date": "2026-03-01"}, True, {"percent": 0.5})
    ]

    assert told == ["a", "12,5", "1/3/2026", "Có", "50 %"]


def _dup(book):
    page = book[SHEET]
    page.cell(row_of(page, "1.2"), 1).value = "1.1"
    put(page, "1.1", {"Kết quả": "Có"})
    page.cell(row_of(page, "1.1") + 1, columns(page)["Kết quả"]).value = "Không"


def _cell(code, head, value):
    return lambda book: put(book[SHEET], code, {head: value})


def _code(code, value):
    def change(book):
        page = book[SHEET]
        put(page, code, {"Kết quả": 1})
        page.cell(row_of(page, code), columns(page)["Mã"]).value = value

    return change


def _head(head, value):
    def change(book):
        page = book[SHEET]
        page.cell(HEAD_ROW, columns(page)[head]).value = value

    return change


# What was done to the workbook, and the cell that is named: (criterion, head) or its address.
DAMAGE = [
    (_cell("1.1", "Kết quả", "có lẽ"), ("1.1", "Kết quả")),
    (_cell("1.1", "Trên tổng số", 3), ("1.1", "Trên tổng số")),
    (_cell("1.1", "Trường hợp khác", "nghỉ"), ("1.1", "Trường hợp khác")),
    (_cell("1.1", "Mục 1", "x"), ("1.1", "Mục 1")),
    (_cell("1.2", "Kết quả", "Xuất sắc"), ("1.2", "Kết quả")),
    (_cell("1.2", "Kết quả", 2.25), ("1.2", "Kết quả")),
    (_cell("1.2", "Trường hợp khác", "Không áp dụng"), ("1.2", "Trường hợp khác")),
    (_cell("1.3", "Kết quả", 109), ("1.3", "Trên tổng số")),
    (_cell("1.3", "Trên tổng số", 109), ("1.3", "Kết quả")),
    (_cell("1.3", "Kết quả", datetime.date(2026, 10, 12)), ("1.3", "Kết quả")),
    (_cell("1.3", "Kết quả", "9/8"), ("1.3", "Kết quả")),
    (_cell("1.3", "Kết quả", "3/0"), ("1.3", "Trên tổng số")),
    (_cell("1.4", "Kết quả", 101), ("1.4", "Kết quả")),
    (_cell("1.4", "Kết quả", 0.975), ("1.4", "Kết quả")),
    (_cell("1.4", "Kết quả", "97,55555"), ("1.4", "Kết quả")),
    (_cell("1.4", "Kết quả", -1), ("1.4", "Kết quả")),
    (_cell("1.4", "Kết quả", float("1e300")), ("1.4", "Kết quả")),
    (_cell("1.5", "Kết quả", 6), ("1.5", "Kết quả")),
    (_cell("1.5", "Kết quả", "bốn"), ("1.5", "Kết quả")),
    (_cell("1.5", "Kết quả", "=1+3"), ("1.5", "Kết quả")),
    (_cell("1.5", "Kết quả", "9" * 5000), ("1.5", "Kết quả")),
    (_cell("1.6", "Kết quả", "vài"), ("1.6", "Kết quả")),
    (_cell("1.6", "Mục 2", "?"), ("1.6", "Mục 2")),
    (_cell("2.1", "Kết quả", datetime.date(2026, 3, 1)), ("2.1", "Kết quả")),
    (_cell("2.1", "Kết quả", "hôm qua"), ("2.1", "Kết quả")),
    (_cell("2.2", "Kết quả", "7,25"), ("2.2", "Kết quả")),
    (_cell("2.2", "Kết quả", "10,5"), ("2.2", "Kết quả")),
    (_cell("2.2", "Kết quả", datetime.date(9999, 12, 31)), ("2.2", "Kết quả")),
    (_cell("2.5", "Kết quả", 3), ("2.5", "Kết quả")),
    (_cell("2.5", "Giải trình", "xin điểm"), ("2.5", "Giải trình")),
    (_cell("1.1", "Giải trình", "x" * 2001), ("1.1", "Giải trình")),
    (_cell("1", "Kết quả", "Có"), ("1", "Kết quả")),
    (_dup, "A9"),
    (_code("2.2", "9.9"), "A16"),
    (_code("2.2", None), "A16"),
    (_code("2.2", datetime.date(2026, 2, 2)), "A16"),
    (_head("Kết quả", "Trả lời"), f"A{HEAD_ROW}"),
    (_head("Giải trình", "Ghi chú"), f"A{HEAD_ROW}"),
    (_head("Điểm", "Kết quả"), f"K{HEAD_ROW}"),
]


def test_every_kind_of_damage_is_named_by_its_cell(sheets, sheet):
    data = exported(sheet)
    for change, where in DAMAGE:
        [told] = check_upload(target=sheet, data=edited(data, change), name="phieu.xlsx", by=sheets.officer).report
        wanted = address(data, *where) if isinstance(where, tuple) else where
        assert [problem["cell"] for problem in told["problems"]] == [wanted], (where, told["problems"])
        assert all("%(" not in problem["text"] for problem in told["problems"])
    assert len(DAMAGE) >= 30
    assert Score.objects.count() == 0


def test_levels_of_the_same_points_are_chosen_by_their_words():
    same = [{"points": "1", "label": "Sớm"}, {"points": "1", "label": "Đúng hạn"}, {"points": "2", "label": "Đủ"}]
    own = scoring.Rule(code="1", group="", kind=scoring.Kind.LEVELS, maximum=Decimal(2), parameters={"levels": same})

    assert answer_of(own, {"answer": "đúng hạn"}) == {"level": 1}
    with pytest.raises(CellProblem) as problem:
        answer_of(own, {"answer": 1})
    assert problem.value.code == "level_twice"


# -- Workbooks that people rearranged ----------------------------------------------------------------------------------
def test_moved_and_added_columns_and_rows_are_found_by_their_heads(sheets, sheet):
    data = filled(exported(sheet), {"1.1": {"Kết quả": "Có"}, "1.3": {"Kết quả": "109", "Trên tổng số": "118"}})

    def rearranged(book):
        page = book[SHEET]
        page.insert_cols(1, 2)
        page.insert_rows(3, 2)
        page.cell(HEAD_ROW + 2, 1).value = "Ghi chú của tôi"
        for row in range(HEAD_ROW + 3, HEAD_ROW + 8):
            page.row_dimensions[row].hidden = True
        page.cell(page.max_row + 3, 2).value = "Người lập phiếu"

    [told] = check_upload(target=sheet, data=edited(data, rearranged), name="p.xlsx", by=sheets.officer).report

    assert told["problems"] == []
    assert {change["code"]: change["new"] for change in told["changes"]} == {"1.1": "Có", "1.3": "109/118"}


def test_heads_in_capitals_composed_otherwise_or_on_two_lines(sheets, sheet):
    data = filled(exported(sheet), {"1.1": {"Kết quả": "Co\u0301"}})

    def heads(book):
        page = book[SHEET]
        for cell in page[HEAD_ROW]:
            if cell.value in {"Kết quả", "Giải trình"}:
                cell.value = f" {unicodedata.normalize('NFD', cell.value.upper())}\xa0"

    [told] = check_upload(target=sheet, data=edited(data, heads), name="p.xlsx", by=sheets.officer).report

    assert (told["problems"], [change["code"] for change in told["changes"]]) == ([], ["1.1"])


def test_rows_taken_out_stay_as_they_are_and_are_counted(sheets, sheet):
    def cut(book):
        page = book[SHEET]
        page.delete_rows(row_of(page, "1.2"), 2)

    [told] = check_upload(target=sheet, data=edited(exported(sheet), cut), name="p.xlsx", by=sheets.officer).report

    assert (told["problems"], told["changes"], told["absent"]) == ([], [], 2)


def test_a_light_set_by_hand_needs_its_reason(sheets):
    lit = AssessmentFactory(
        round=RoundFactory(unit=sheets.cast.province, criteria_set=set_of_every_light()), unit=sheets.cast.a
    )
    data = exported(lit)
    for words, problems in (({}, 1), ({"Giải trình": "theo KL số 5"}, 0)):
        changed = filled(data, {"1.4": {"Kết quả": "Xanh", **words}})
        [told] = check_upload(target=lit, data=changed, name="p.xlsx", by=sheets.officer).report
        assert len(told["problems"]) == problems
