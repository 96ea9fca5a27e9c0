"""A unit's workbook there and back: what it lets be filled in, every cell looked at, all rows or none."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from plans.contexts.due_sheet import COLUMNS, FIRST_ROW, HIDDEN_SHEET, KEEP, SEND, SHEET, due_sheet
from plans.models import DueReport, Plan, ProgressUpdate
from plans.renderers.due_sheet import render
from plans.services import accept_progress, report_progress, return_progress
from plans.services.due_sheet import RowRefused, SheetRefused, check_sheet, save_sheet
from plans.services.reporting import ask_for_reports, lock_period
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role

OFFICER, UNIT_OFFICER, UNIT_HEAD = Role.PROGRAMME_OFFICER, Role.UNIT_OFFICER, Role.UNIT_HEAD
TRICKS = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A0"]


@pytest.fixture
def plan(cast):
    """Two reports of A and one of B are due."""
    today = timezone.localdate()
    plan = PlanFactory(unit=cast.province, status=Plan.Status.ISSUED)
    task_of(plan, cast.a, cast.b, start=today, end=today, target_quantity=24, quantity_unit="người")
    task_of(plan, cast.a, start=today, end=today, title="=HYPERLINK(1)", number="")
    ask_for_reports(plan=plan, title="Báo cáo nhanh", start=today, end=today, due_on=today, by=cast[OFFICER])
    return plan


def of(unit):
    return render(due_sheet(unit))


def filled(data, *rows, **cells):
    """The workbook with `rows` (percent, quantity, note, send) filled in, and single cells ("A6") set."""
    book = load_workbook(BytesIO(data))
    page = book[SHEET]
    for number, row in enumerate(rows, start=FIRST_ROW):
        for name, value in zip(("percent", "quantity", "note", "send"), row, strict=False):
            page.cell(number, COLUMNS.index(name) + 1).value = value
    for place, value in cells.items():
        page[place].value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def check(data, cast, who=UNIT_OFFICER):
    return check_sheet(data=data, by=cast[who])


def save(data, cast, who=UNIT_OFFICER):
    return save_sheet(confirmation=check(data, cast, who).confirmation(cast[who]), by=cast[who])


def stored():
    return list(ProgressUpdate.objects.order_by("pk").values_list("percent", "quantity_done", "note", "state"))


# -- What is handed out ------------------------------------------------------------------------------------------------
def test_the_workbook_holds_what_the_unit_owes_and_no_other(plan, cast):
    page = load_workbook(BytesIO(of(cast.b)))[SHEET]

    assert page["A2"].value.endswith(cast.b.name)
    (row,) = page.iter_rows(min_row=FIRST_ROW, values_only=True)
    assert row[0] == DueReport.objects.get(unit=cast.b).pk


def test_only_what_is_to_be_filled_in_is_unlocked(plan, cast):
    book = load_workbook(BytesIO(of(cast.a)))
    page = book[SHEET]

    open_cells = {cell.coordinate for row in page.iter_rows() for cell in row if not cell.protection.locked}

    assert open_cells == {"F6", "G6", "I6", "J6", "F7", "I7", "J7"}  # the second task counts nothing
    assert all(sheet.protection.sheet for sheet in book)
    assert book[HIDDEN_SHEET].sheet_state == "veryHidden"
    rules = {rule.type: str(rule.sqref) for rule in page.data_validations.dataValidation}
    assert rules["list"] == "J6:J7"
    assert {rule.formula2 for rule in page.data_validations.dataValidation if rule.type == "whole"} == {
        "100",
        "2147483647",
    }


def test_a_text_never_becomes_a_formula(plan, cast):
    due = DueReport.objects.filter(unit=cast.a)
    for trick in TRICKS:
        report_progress(task=due[0].task, unit=cast.a, percent=1, note=trick, by=cast[UNIT_OFFICER], due_report=due[0])
        page = load_workbook(BytesIO(of(cast.a)))[SHEET]
        kinds = {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None}
        assert kinds <= {"s", "n", "d"}, trick
        assert trick in {cell.value for cell in page["I"]}


# -- There and back ----------------------------------------------------------------------------------------------------
def test_what_was_filled_in_is_sent_or_kept(plan, cast):
    data = filled(of(cast.a), (75, 18, "Đã đào tạo", SEND), ("40,0", None, "", KEEP))

    checked = check(data, cast)
    assert stored() == []
    updates = save(data, cast)

    assert (len(checked.entries), checked.problems, checked.unchanged, checked.blank) == (2, (), 0, 0)
    assert stored() == [(75, 18, "Đã đào tạo", "submitted"), (40, None, "", "draft")]
    assert DueReport.objects.get(latest__isnull=False).latest == updates[0]


def test_the_same_file_twice_changes_nothing(plan, cast):
    data = filled(of(cast.a), (75, 18, "Đã đào tạo", SEND), (40, None, "", KEEP))
    save(data, cast)

    again = check(data, cast)

    assert (again.entries, again.problems, again.unchanged) == ((), (), 2)


def test_agreeing_twice_saves_once(plan, cast):
    confirmation = check(filled(of(cast.a), (75, 18, "", SEND)), cast).confirmation(cast[UNIT_OFFICER])
    save_sheet(confirmation=confirmation, by=cast[UNIT_OFFICER])

    with pytest.raises(RowRefused) as refused:
        save_sheet(confirmation=confirmation, by=cast[UNIT_OFFICER])

    assert refused.value.row == FIRST_ROW
    assert len(stored()) == 1


def test_a_head_sends_the_draft_of_the_officer_by_workbook(plan, cast):
    save(filled(of(cast.a), (75, 18, "Đã đào tạo", KEEP)), cast)

    save(filled(of(cast.a), (75, 18, "Đã đào tạo", SEND)), cast, UNIT_HEAD)

    assert [row[3] for row in stored()] == ["draft", "submitted"]


def test_a_returned_row_is_sent_again_only_when_it_was_changed(plan, cast):
    due = DueReport.objects.filter(unit=cast.a).first()
    update = report_progress(task=due.task, unit=cast.a, percent=90, note="", by=cast[UNIT_OFFICER], due_report=due)
    return_progress(update=update, note="Xem lại", by=cast[OFFICER])

    left = check(of(cast.a), cast)
    changed = check(filled(of(cast.a), (60,)), cast)

    assert (left.entries, left.unchanged) == ((), 1)
    assert [entry.percent for entry, _report in changed.entries] == [60]


def test_blank_rows_say_nothing(plan, cast):
    checked = check(of(cast.a), cast)

    assert (checked.entries, checked.problems, checked.blank) == ((), (), 2)


# -- Cells that are wrong ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ((101,), "F6"),
        ((-1,), "F6"),
        (("8,5",), "F6"),
        (("nhiều",), "F6"),
        ((float("1e300"),), "F6"),
        ((True,), "F6"),
        (("9" * 5000,), "F6"),
        ((None, 3), "F6"),
        ((None, None, "Có chữ"), "F6"),
        ((10, "ba"), "G6"),
        ((10, 2**31), "G6"),
        ((10, 1, "x" * 4001), "I6"),
        ((10, 1, "", "Xóa"), "J6"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_can_be_agreed_to(plan, cast, row, cell):
    checked = check(filled(of(cast.a), row, (50,)), cast)

    assert [problem.cell for problem in checked.problems] == [cell]
    assert stored() == []


def test_a_changed_or_doubled_code_is_refused(plan, cast):
    data, key = of(cast.a), DueReport.objects.filter(unit=cast.a).first().pk
    of_b = DueReport.objects.get(unit=cast.b).pk

    foreign = check(filled(data, (10,), A6=of_b), cast)
    doubled = check(filled(data, (10,), (10,), A6=key, A7=key), cast)

    assert [problem.cell for problem in foreign.problems] == ["A6"]
    assert [problem.cell for problem in doubled.problems] == ["A7"]


def test_a_row_that_grew_stale_is_named_with_who_wrote(plan, cast):
    data = filled(of(cast.a), (75, 18, "", SEND))
    due = DueReport.objects.filter(unit=cast.a).first()
    report_progress(task=due.task, unit=cast.a, percent=33, note="", by=cast[UNIT_HEAD], due_report=due)

    (problem,) = check(data, cast).problems

    assert problem.cell == "F6"
    assert cast[UNIT_HEAD].full_name in problem.text
    assert "33" in problem.text


def test_an_accepted_and_a_locked_row_are_named(plan, cast):
    data = filled(of(cast.a), (75, 18, "", SEND), (20,))
    first, second = DueReport.objects.filter(unit=cast.a).select_related("period", "task")
    update = report_progress(task=first.task, unit=cast.a, percent=33, note="", by=cast[UNIT_HEAD], due_report=first)
    accept_progress(update=update, by=cast[OFFICER])
    lock_period(period=second.period, by=cast[OFFICER])

    assert [problem.cell for problem in check(data, cast).problems] == ["F6", "F7"]


def test_what_changed_between_looking_and_agreeing_saves_no_row(plan, cast):
    data = filled(of(cast.a), (75, 18, "", SEND), (20,))
    confirmation = check(data, cast).confirmation(cast[UNIT_OFFICER])
    second = DueReport.objects.filter(unit=cast.a)[1]
    report_progress(task=second.task, unit=cast.a, percent=33, note="", by=cast[UNIT_HEAD], due_report=second)

    with pytest.raises(RowRefused):
        save_sheet(confirmation=confirmation, by=cast[UNIT_OFFICER])

    assert [row[0] for row in stored()] == [33]


# -- Files that are not taken ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["sibling", "commune", Role.OBSERVER, Role.LEADER, "foreign"])
def test_a_workbook_of_a_unit_one_does_not_report_for(plan, cast, who):
    with pytest.raises(SheetRefused) as refused:
        check(filled(of(cast.a), (75,)), cast, who)

    assert cast.a.label in str(refused.value)


def test_a_changed_signature_is_refused(plan, cast):
    book = load_workbook(BytesIO(of(cast.a)))
    cell = book[HIDDEN_SHEET]["A1"]
    cell.value = cell.value[:-1] + ("A" if cell.value[-1] != "A" else "B")
    out = BytesIO()
    book.save(out)

    with pytest.raises(SheetRefused):
        check(out.getvalue(), cast)


def plain_workbook():
    out = BytesIO()
    Workbook().save(out)
    return out.getvalue()


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04 cut off", plain_workbook()], ids=range(4))
def test_what_is_no_workbook_of_ours_is_refused(plan, cast, data):
    with pytest.raises(SheetRefused):
        check(data, cast)


def test_a_workbook_without_an_end_is_refused_in_time(plan, cast):
    with pytest.raises(SheetRefused):
        check(filled(of(cast.a), XFD1048576="x"), cast)


def test_somebody_else_s_confirmation_and_a_changed_one_are_refused(plan, cast):
    confirmation = check(filled(of(cast.a), (75,)), cast).confirmation(cast[UNIT_OFFICER])

    for given, who in ((confirmation, UNIT_HEAD), (confirmation + "x", UNIT_OFFICER), ("", UNIT_OFFICER)):
        with pytest.raises(SheetRefused):
            save_sheet(confirmation=given, by=cast[who])
    assert stored() == []


def test_a_confirmation_ends_after_an_hour(plan, cast, monkeypatch):
    confirmation = check(filled(of(cast.a), (75,)), cast).confirmation(cast[UNIT_OFFICER])
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr("django.core.signing.time.time", later.timestamp)

    with pytest.raises(SheetRefused):
        save_sheet(confirmation=confirmation, by=cast[UNIT_OFFICER])


# -- Its pages ---------------------------------------------------------------------------------------------------------
def test_the_page_shows_what_a_file_would_do_and_does_it_when_one_agrees(client, cast, plan):
    client.force_login(cast[UNIT_OFFICER])
    data = client.get(f"/progress/workbook/{cast.a.pk}/").content
    file = SimpleUploadedFile("bao-cao.xlsx", filled(data, (75, 18, "Đã đào tạo", SEND)))

    shown = client.post("/progress/workbook/", {"file": file})
    done = client.post("/progress/workbook/", {"confirmation": shown.context["confirmation"]})

    assert (shown.status_code, done.status_code) == (200, 302)
    assert stored() == [(75, 18, "Đã đào tạo", "submitted")]


def test_the_page_names_the_cells_and_offers_nothing_to_agree_to(client, cast, plan):
    client.force_login(cast[UNIT_OFFICER])
    file = SimpleUploadedFile("bao-cao.xlsx", filled(of(cast.a), (175,)))

    page = client.post("/progress/workbook/", {"file": file})

    assert page.status_code == 422
    assert "F6" in page.content.decode()
    assert page.context["confirmation"] == ""


def test_a_unit_that_owes_nothing_gets_no_empty_workbook(client, cast):
    client.force_login(cast[UNIT_OFFICER])

    assert client.get(f"/progress/workbook/{cast.a.pk}/").status_code == 302
