"""A sheet as a workbook, there and back: what goes out, what comes in, what is asked before anything is written."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import PermissionDenied
from openpyxl import load_workbook

from activity.models import AuditEvent, Notification
from assessments import services
from assessments.models import Assessment, Score, WorkbookUpload
from assessments.renderers.scoring_workbook.layout import HEAD_ROW, HIDDEN_SHEET, LIST_SHEET, SHEET
from assessments.services.workbook_files import WorkbookRefused
from assessments.services.workbook_taking import (
    NothingToTake,
    SheetMovedOn,
    UploadGone,
    take_upload,
)
from assessments.services.workbooks import check_upload, drop_upload
from tests.factories.assessments import AssessmentFactory, RoundFactory, ScoreFactory, criterion_of
from tests.factories.workbooks import (
    ANSWERS,
    LIT_ANSWERS,
    address,
    edited,
    exported,
    filled,
    set_of_every_kind,
    set_of_every_light,
    zipped,
)
from units.permissions import Role

TRICKS = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A0", "\t=1", "＝1+1", "－2", "'=1", "\n=1+1"]


@pytest.fixture
def kinds(sheets):
    """A's sheets by a set with every kind of criterion: by points and by lights."""
    rounds = [
        RoundFactory(unit=sheets.cast.province, criteria_set=made)
        for made in (set_of_every_kind(), set_of_every_light())
    ]
    return [AssessmentFactory(round=round_, unit=sheets.cast.a) for round_ in rounds]


def check(sheet, data, by, name="phieu.xlsx"):
    return check_upload(target=sheet, data=data, name=name, by=by)


def send(sheet, data, by, overwrite=()):
    return take_upload(upload=check(sheet, data, by), by=by, overwrite=overwrite)


def only_file(upload):
    [told] = upload.report
    return told


def changed(upload):
    """{code: (old, new)} of the only file."""
    told = only_file(upload)
    assert told["problems"] == []
    return {change["code"]: (change["old"], change["new"]) for change in told["changes"]}


def give(sheet, by, answers, place=0):
    for code, pair in answers.items():
        ScoreFactory(
            assessment=sheet, criterion=criterion_of(sheet, code), answer=pair[place], by=by, explanation="Đã rõ"
        )


def answers_of(sheet):
    rows = Score.objects.filter(assessment=sheet, stage=Score.Stage.SELF).exclude(answer={})
    return dict(rows.values_list("criterion__code", "answer"))


# -- What goes out -----------------------------------------------------------------------------------------------------
def test_only_what_the_unit_fills_in_is_unlocked(sheets, kinds):
    book = load_workbook(io.BytesIO(exported(kinds[0])))
    page = book[SHEET]

    heads = {cell.column: cell.value for cell in page[HEAD_ROW]}
    unlocked = {
        (page.cell(cell.row, 1).value, heads[cell.column])
        for row in page.iter_rows(min_row=HEAD_ROW)
        for cell in row
        if not cell.protection.locked
    }

    assert {head for code, head in unlocked if code == "1.3"} == {
        "Kết quả",
        "Trên tổng số",
        "Trường hợp khác",
        "Giải trình",
    }
    assert {head for code, head in unlocked if code == "1.6"} == {
        "Mục 1",
        "Mục 2",
        "Mục 3",
        "Trường hợp khác",
        "Giải trình",
    }
    assert not [head for code, head in unlocked if code in {"1", "2", "2.5", None}]  # groups, the system's, the total
    assert all(sheet.protection.sheet for sheet in book)
    assert (book[HIDDEN_SHEET].sheet_state, book[LIST_SHEET].sheet_state) == ("veryHidden", "hidden")
    assert "2.6" not in {page.cell(row, 1).value for row in range(HEAD_ROW, page.max_row + 1)}  # for communes only


def test_the_page_is_frozen_printed_across_and_limits_what_is_entered(sheets, kinds):
    page = load_workbook(io.BytesIO(exported(kinds[0])))[SHEET]

    assert page.freeze_panes == f"C{HEAD_ROW + 1}"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.print_title_rows == f"${HEAD_ROW}:${HEAD_ROW}"
    rules = page.data_validations.dataValidation
    assert {rule.type for rule in rules} == {"list", "whole", "decimal", "textLength"}
    assert all(rule.showErrorMessage and rule.error for rule in rules)


def test_a_text_never_becomes_a_formula_and_comes_back_as_it_was(sheets, kinds):
    sheet, by = kinds[0], sheets.officer
    codes = list(ANSWERS)[: len(TRICKS)]
    for code, trick in zip(codes, TRICKS, strict=True):
        ScoreFactory(assessment=sheet, criterion=criterion_of(sheet, code), answer={}, explanation=trick, by=by)
    data = exported(sheet)

    formulas = {
        cell.coordinate: cell.value
        for page in load_workbook(io.BytesIO(data))
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }

    column = address(data, "1.1", "Điểm")[0]
    assert {place[0] for place in formulas} == {column}  # the column of points, nothing else
    assert only_file(check(sheet, data, by))["changes"] == []
    stored = Score.objects.filter(assessment=sheet).order_by("pk").values_list("explanation", flat=True)
    assert list(stored) == TRICKS


# -- There and back ----------------------------------------------------------------------------------------------------
def test_an_unchanged_workbook_changes_nothing(sheets, kinds):
    for sheet, answers in ((kinds[0], ANSWERS), (kinds[1], LIT_ANSWERS), (sheets.points, {}), (sheets.lights, {})):
        for place in (0, 1):
            Score.objects.filter(assessment=sheet).delete()
            give(sheet, sheets.officer, answers, place)

            told = only_file(check(sheet, exported(sheet), sheets.officer))

            assert (told["changes"], told["problems"], told["same"], told["absent"]) == ([], [], 0, 0)


@pytest.mark.parametrize("place", [0, 1])
def test_every_kind_is_filled_in_and_taken(sheets, kinds, place):
    for sheet, answers in zip(kinds, (ANSWERS, LIT_ANSWERS), strict=True):
        other = AssessmentFactory(round=sheet.round, unit=sheets.cast.b)
        give(other, sheets.officer, answers, place)
        source = load_workbook(io.BytesIO(exported(other)))[SHEET]
        rows = {
            str(row[0].value): {
                head.value: cell.value
                for head, cell in zip(source[HEAD_ROW], row, strict=True)
                if head.value in {"Kết quả", "Trên tổng số", "Trường hợp khác", "Giải trình"}
                or str(head.value).startswith("Mục ")
            }
            for row in source.iter_rows(min_row=HEAD_ROW + 1)
            if str(row[0].value) in answers
        }

        for cells in rows.values():
            if isinstance(cells["Kết quả"], float) and 0 < cells["Kết quả"] < 1:
                cells["Kết quả"] = f"{cells['Kết quả']} %"  # else it is asked what was meant

        Score.objects.filter(assessment=other).delete()
        upload = check(sheet, filled(exported(sheet), rows), sheets.officer)
        assert only_file(upload)["problems"] == []
        take_upload(upload=upload, by=sheets.officer)

        assert (upload.state, only_file(upload)["result"]) == ("taken", "taken")
        stored = answers_of(sheet)
        wanted = {code: pair[place] for code, pair in answers.items()}
        assert {code: _plain(answer) for code, answer in stored.items()} == {
            code: _plain(answer) for code, answer in wanted.items()
        }
    assert list(services.totals_apart()) == []


def _plain(answer):
    return {
        name: float(value) if isinstance(value, str) and name != "light" else value for name, value in answer.items()
    }


def test_a_blank_cell_clears_only_what_went_out_with_an_answer(sheets):
    sheet, by = sheets.points, sheets.officer
    sheets.save("1.2", {"value": True})
    data = exported(sheet)
    sheets.save("1.4", {"value": True})  # on the page, after the download

    upload = check(sheet, filled(data, {"1.2": {"Kết quả": None}}), by)

    [change] = only_file(upload)["changes"]
    assert (change["code"], change["clears"], change["new"]) == ("1.2", True, "")
    take_upload(upload=upload, by=by)
    assert answers_of(sheet) == {"1.4": {"value": True}}


def test_the_log_says_what_each_row_was_and_became(sheets):
    sheets.save("1.2", {"value": False})
    send(
        sheets.points,
        filled(exported(sheets.points), {"1.2": {"Kết quả": "Có", "Giải trình": "QĐ 12"}}),
        sheets.officer,
    )

    event = AuditEvent.objects.latest("pk")

    assert event.action == "assessments.workbook_taken"
    assert event.changes["scores"] == {"1.2": [{"value": False}, {"value": True}]}
    assert event.changes["explanations"] == {"1.2": ["", "QĐ 12"]}
    assert event.changes["total"] == ["0.00", "3.00"]
    assert Score.objects.get().version == 2
    assert Notification.objects.count() == 0


# -- Somebody saved on the page meanwhile ------------------------------------------------------------------------------
def test_a_row_saved_on_the_page_since_is_a_conflict_and_keeps_what_is_stored(sheets):
    sheet, by, head = sheets.points, sheets.officer, sheets.cast[Role.UNIT_HEAD]
    data = filled(exported(sheet), {"2.1": {"Kết quả": 109, "Trên tổng số": 118}, "1.2": {"Kết quả": "Có"}})
    sheets.save("2.1", {"done": 90, "of": 118}, by=head)

    upload = check(sheet, data, by)
    [conflict] = [change for change in only_file(upload)["changes"] if change["conflict"]]
    take_upload(upload=upload, by=by)

    assert (conflict["code"], conflict["by"]) == ("2.1", str(head))
    assert ("90/118" in conflict["old"], "109/118" in conflict["new"]) == (True, True)
    assert answers_of(sheet) == {"1.2": {"value": True}, "2.1": {"done": 90, "of": 118}}


def test_a_conflict_that_is_ticked_takes_the_workbook(sheets):
    sheet, by = sheets.points, sheets.officer
    data = filled(exported(sheet), {"2.1": {"Kết quả": 109, "Trên tổng số": 118}})
    sheets.save("2.1", {"done": 90, "of": 118})

    send(sheet, data, by, overwrite=[f"0:{sheets.criterion('2.1').pk}"])

    assert answers_of(sheet) == {"2.1": {"done": 109, "of": 118}}


def test_what_is_saved_between_the_dry_run_and_the_confirmation_is_shown_anew(sheets):
    sheet, by = sheets.points, sheets.officer
    upload = check(sheet, filled(exported(sheet), {"1.2": {"Kết quả": "Có"}, "1.4": {"Kết quả": "Có"}}), by)
    sheets.save("1.2", {"value": False})

    with pytest.raises(SheetMovedOn):
        take_upload(upload=upload, by=by)

    upload.refresh_from_db()
    assert upload.state == "checked"
    assert {change["code"]: change["conflict"] for change in only_file(upload)["changes"]} == {
        "1.2": True,
        "1.4": False,
    }
    assert answers_of(sheet) == {"1.2": {"value": False}}
    take_upload(upload=upload, by=by)  # looked at once more
    assert answers_of(sheet) == {"1.2": {"value": False}, "1.4": {"value": True}}


# -- Whose workbook, and who may ---------------------------------------------------------------------------------------
def test_a_workbook_of_another_round_year_or_unit_is_refused_by_name(sheets):
    other_year = AssessmentFactory(round=RoundFactory(unit=sheets.cast.province), unit=sheets.cast.a)
    of_b = AssessmentFactory(round=sheets.round, unit=sheets.cast.b)
    officer = sheets.officer

    with pytest.raises(WorkbookRefused, match=str(other_year.round.year)):
        check(sheets.points, exported(other_year), officer)
    with pytest.raises(WorkbookRefused) as foreign:
        check(sheets.points, exported(of_b), officer)
    with pytest.raises(WorkbookRefused, match=sheets.cast.b.name):
        check(sheets.points, exported(of_b), sheets.cast[Role.PROGRAMME_OFFICER])

    assert sheets.cast.b.name not in str(foreign.value)
    assert (Score.objects.count(), WorkbookUpload.objects.count()) == (0, 0)


def test_a_workbook_of_older_criteria_is_refused(sheets, kinds):
    data = exported(kinds[0])
    type(kinds[0].round.criteria_set).objects.filter(slug="every-kind").update(digest="e" * 64)

    with pytest.raises(WorkbookRefused):
        check(Assessment.objects.with_sheet_head().get(pk=kinds[0].pk), data, sheets.officer)


def test_a_changed_hidden_sheet_and_one_of_another_workbook_are_refused(sheets):
    of_b = AssessmentFactory(round=sheets.round, unit=sheets.cast.b)
    data = exported(sheets.points)
    foreign = load_workbook(io.BytesIO(exported(of_b)))[HIDDEN_SHEET]["A1"].value

    def tampered(book):
        cell = book[HIDDEN_SHEET]["A1"]
        cell.value = cell.value[:-1] + ("A" if cell.value[-1] != "A" else "B")

    def swapped(book):
        book[HIDDEN_SHEET]["A1"].value = foreign

    def renamed(book):
        book[HIDDEN_SHEET].title = "khac"

    def emptied(book):
        book[HIDDEN_SHEET]["A1"].value = None

    for damage in (tampered, swapped, renamed, emptied):
        with pytest.raises(WorkbookRefused):
            check(sheets.points, edited(data, damage), sheets.officer)
    assert WorkbookUpload.objects.count() == 0


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (Role.UNIT_OFFICER, True),
        (Role.UNIT_HEAD, True),
        (Role.PROGRAMME_OFFICER, True),
        (Role.OBSERVER, False),
        (Role.ASSESSOR, False),
        (Role.LEADER, False),
        ("sibling", False),
        ("commune", False),
        ("foreign", False),
    ],
)
def test_who_may_send_a_workbook(sheets, who, may):
    data = filled(exported(sheets.points), {"1.2": {"Kết quả": "Có"}})

    if may:
        send(sheets.points, data, sheets.cast[who])
    else:
        with pytest.raises(PermissionDenied):
            check(sheets.points, data, sheets.cast[who])

    assert bool(answers_of(sheets.points)) is may


def test_what_the_province_enters_for_a_unit_is_recorded_so_and_told(sheets):
    by = sheets.cast[Role.PROGRAMME_OFFICER]

    send(sheets.points, filled(exported(sheets.points), {"1.2": {"Kết quả": "Có"}}), by)

    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.by_id) == ("assessments.workbook_taken_for_unit", by.pk)
    told = set(Notification.objects.filter(event=event).values_list("to_id", flat=True))
    assert told == {sheets.officer.pk, sheets.cast[Role.UNIT_HEAD].pk}


@pytest.mark.parametrize("who", [Role.UNIT_OFFICER, Role.PROGRAMME_OFFICER])
def test_nothing_is_taken_once_the_sheet_is_submitted_or_the_phase_is_over(sheets, who):
    by, sheet = sheets.cast[who], sheets.points
    data = filled(exported(sheet), {"1.2": {"Kết quả": "Có"}})
    upload = check(sheet, data, by)
    Assessment.objects.filter(pk=sheet.pk).update(state="submitted")

    with pytest.raises(services.WrongState):
        take_upload(upload=upload, by=by)
    with pytest.raises(WorkbookRefused):
        check(sheet, data, by)
    Assessment.objects.filter(pk=sheet.pk).update(state="scoring")
    type(sheet.round).objects.filter(pk=sheet.round_id).update(closes_at=sheet.round.opens_at.replace(year=2100))
    type(sheet.round).objects.filter(pk=sheet.round_id).update(
        opens_at=sheet.round.opens_at.replace(year=2099), closes_at=sheet.round.opens_at.replace(year=2100)
    )
    with pytest.raises(services.PhaseClosed):
        take_upload(upload=upload, by=by)

    assert answers_of(sheet) == {}
    upload.refresh_from_db()
    assert upload.state == "checked"


# -- Once --------------------------------------------------------------------------------------------------------------
def test_the_same_bytes_are_taken_once_and_answer_with_the_first_result(sheets):
    data, by = filled(exported(sheets.points), {"1.2": {"Kết quả": "Có"}}), sheets.officer
    looked_at = check(sheets.points, data, sheets.cast[Role.UNIT_HEAD])
    first = send(sheets.points, data, by)

    assert check(sheets.points, data, by) == first
    assert take_upload(upload=first, by=by) == first
    assert take_upload(upload=looked_at, by=sheets.cast[Role.UNIT_HEAD]) == first
    assert AuditEvent.objects.filter(action="assessments.workbook_taken").count() == 1
    assert Score.objects.get().version == 1


def test_a_dropped_upload_and_one_that_says_nothing_are_not_taken(sheets):
    by = sheets.officer
    upload = check(sheets.points, filled(exported(sheets.points), {"1.2": {"Kết quả": "Có"}}), by)

    with pytest.raises(PermissionDenied):
        drop_upload(upload=upload, by=sheets.cast[Role.UNIT_HEAD])
    with pytest.raises(PermissionDenied):
        take_upload(upload=upload, by=sheets.cast[Role.UNIT_HEAD])
    drop_upload(upload=upload, by=by)

    with pytest.raises(UploadGone):
        take_upload(upload=upload, by=by)
    with pytest.raises(NothingToTake):
        send(sheets.points, exported(sheets.points), by)
    with pytest.raises(NothingToTake):
        send(
            sheets.points, filled(exported(sheets.points), {"1.2": {"Kết quả": "có lẽ"}, "1.4": {"Kết quả": "Có"}}), by
        )
    assert Score.objects.count() == 0


# -- A zip of many -----------------------------------------------------------------------------------------------------
def test_a_zip_is_taken_workbook_by_workbook(sheets):
    of_b = AssessmentFactory(round=sheets.round, unit=sheets.cast.b)
    of_a1 = AssessmentFactory(round=sheets.round, unit=sheets.cast.a1)
    by = sheets.cast[Role.PROGRAMME_OFFICER]
    good = {"1.2": {"Kết quả": "Có"}}
    data = zipped(
        {
            "Huyện A/phieu.xlsx": filled(exported(sheets.points), good),
            "b.xlsx": filled(exported(of_b), {"1.2": {"Kết quả": "Có"}, "1.4": {"Kết quả": "?"}}),
            "a1.xlsx": filled(exported(of_a1), good),
            "a1 (1).xlsx": filled(exported(of_a1), {"1.2": {"Kết quả": "Không"}}),
            "khac.xlsx": filled(exported(sheets.lights), {"1.1": {"Kết quả": "Xanh"}}),
            "ghi chu.txt": b"xin chao",
            "__MACOSX/._a.xlsx": b"x",
        }
    )

    upload = check_upload(target=sheets.round, data=data, name="tất cả.zip", by=by)
    sheets_named = [told["sheet"] for told in upload.report]
    sheets.save("1.4", {"value": True})
    Assessment.objects.filter(pk=of_a1.pk).update(state="submitted")
    take_upload(upload=upload, by=by)

    upload.refresh_from_db()
    results = {told["name"]: (told["result"], bool(told["refused"]), len(told["problems"])) for told in upload.report}
    assert sheets_named == [sheets.points.pk, of_b.pk, of_a1.pk, of_a1.pk, sheets.lights.pk, None]
    assert results == {
        "phieu.xlsx": ("taken", False, 0),
        "b.xlsx": ("", False, 1),
        "a1.xlsx": ("left", False, 0),
        "a1 (1).xlsx": ("", True, 0),
        "khac.xlsx": ("", True, 0),
        "ghi chu.txt": ("", True, 0),
    }
    assert answers_of(sheets.points) == {"1.2": {"value": True}, "1.4": {"value": True}}
    assert answers_of(of_b) == answers_of(of_a1) == {}


def test_queries_do_not_grow_with_the_workbooks(sheets, django_assert_num_queries):
    by = sheets.cast[Role.PROGRAMME_OFFICER]
    made = [AssessmentFactory(round=sheets.round, unit=unit) for unit in (sheets.cast.b, sheets.cast.a1)]
    files = {
        f"{sheet.pk}.xlsx": filled(exported(sheet), {"1.2": {"Kết quả": "Có"}}) for sheet in [sheets.points, *made]
    }
    one = dict(list(files.items())[:1])
    check_upload(target=sheets.round, data=zipped(one), name="1.zip", by=by)

    for some, name in ((one, "một.zip"), (files, "ba.zip")):
        with django_assert_num_queries(6):
            check_upload(target=sheets.round, data=zipped(some), name=name, by=by)
