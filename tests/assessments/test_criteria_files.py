"""Criteria sets out of the portal and back: nothing is lost on the way, and what is wrong is named by its cell."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from assessments.contexts.criteria_content import FORMAT, as_document, content_of, digest_of
from assessments.contexts.criteria_diff import continued, differences
from assessments.models import Criterion
from assessments.renderers import criteria_workbook
from assessments.services import criteria
from assessments.services.criteria import workbook
from plans.upload.cells import read_cells
from tests.factories.assessments import load_sets
from tests.factories.units import make_cast
from units.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def officer(cast):
    return cast[Role.PROGRAMME_OFFICER]


@pytest.fixture(params=["iso9001-example", "iso18091-2019"])
def either(request, cast, officer):
    return criteria.begin_draft(province=cast.province, based_on=load_sets()[request.param], by=officer)


@pytest.fixture
def draft(cast, officer):
    return criteria.begin_draft(province=cast.province, based_on=load_sets()["iso9001-example"], by=officer)


def as_json(draft) -> bytes:
    return json.dumps(as_document(content_of(draft), slug=draft.slug, version=draft.version)).encode()


def as_xlsx(draft) -> bytes:
    return criteria_workbook.render(content_of(draft), version=draft.version)


def check(draft, data, by, name="a.xlsx"):
    return workbook.check_file(draft=draft, name=name, data=data, by=by)


def test_what_was_exported_and_comes_back_unchanged_changes_nothing(either, officer):
    for name, data in (("a.xlsx", as_xlsx(either)), ("a.json", as_json(either))):
        checked = check(either, data, officer, name)

        assert (checked.problems, checked.changes) == ([], [])
        assert checked.content == content_of(either)
        assert digest_of(checked.content) == either.based_on.digest
        taken = workbook.take_file(draft=either, confirmation=checked.confirmation(officer), by=officer)
        assert taken.revision == either.revision


def damaged(draft, sheet, cell, value) -> bytes:
    book = load_workbook(io.BytesIO(as_xlsx(draft)))
    book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# The first group stands in row 4, its first criterion (by deadline) in row 5, one by levels in row 7.
DAMAGE = [
    ("Tiêu chí", "A5", None, "Tiêu chí!A5"),
    ("Tiêu chí", "A5", "1.2", "Tiêu chí!A6"),
    ("Tiêu chí", "A5", 1.1, "Tiêu chí!A5"),
    ("Tiêu chí", "A5", "x" * 21, "Tiêu chí!A5"),
    ("Tiêu chí", "B5", "IX", "Tiêu chí!B5"),
    ("Tiêu chí", "B4", "I", "Tiêu chí!B4"),
    ("Tiêu chí", "B5", "1.2", "Tiêu chí!B5"),
    ("Tiêu chí", "C5", None, "Tiêu chí!C5"),
    ("Tiêu chí", "E5", "Theo cảm tính", "Tiêu chí!E5"),
    ("Tiêu chí", "F5", "bốn", "Tiêu chí!F5"),
    ("Tiêu chí", "F5", -4, "Tiêu chí!F5"),
    ("Tiêu chí", "G5", "nặng", "Tiêu chí!G5"),
    ("Tiêu chí", "H5", "sớm = 4", "Tiêu chí!H5"),
    ("Tiêu chí", "H7", "Thực hiện một phần", "Tiêu chí!H7"),
    ("Tiêu chí", "I5", "Gấp đôi", "Tiêu chí!I5"),
    ("Tiêu chí", "J5", "Ai đó", "Tiêu chí!J5"),
    ("Tiêu chí", "K5", "Có thể", "Tiêu chí!K5"),
    ("Tiêu chí", "N5", "Sao Hỏa", "Tiêu chí!N5"),
    ("Tiêu chí", "A3", "Code", "Tiêu chí!A3"),
    ("Chính sách", "B1", None, "Chính sách!B1"),
    ("Chính sách", "B4", "Tùy", "Chính sách!B4"),
    ("Chính sách", "B6", "7", "Chính sách!B6"),
    ("Chính sách", "B7", "nhiều", "Chính sách!B7"),
    ("Xếp loại", "D2", "cao", "Xếp loại!D2"),
    ("Xếp loại", "B3", None, "Xếp loại!B3"),
    ("Khống chế", "C2", "xuất sắc", "Khống chế!C2"),
    ("Khống chế", "B2", "ít", "Khống chế!B2"),
]


def test_each_damaged_cell_is_named(draft, officer, monkeypatch):
    monkeypatch.setattr(workbook.child, "run", lambda _name, data: read_cells(data))  # in this process: 27 files
    said = {}
    for sheet, cell, value, _place in DAMAGE:
        checked = check(draft, damaged(draft, sheet, cell, value), officer)
        said[sheet, cell, value] = {problem.cell for problem in checked.problems}
        assert checked.content is None

    missed = [(*case, said[case[:3]]) for case in DAMAGE if case[3] not in said[case[:3]]]
    assert missed == []


def test_a_file_that_is_no_criteria_set_is_refused_whole(draft, officer):
    for name, data in (("a.xlsx", b"not a workbook"), ("a.xlsx", as_xlsx(draft)[:2000])):
        with pytest.raises(workbook.FileRefused):
            check(draft, data, officer, name)
    for data in (b"{", b"[]", b'{"format": "other"}', json.dumps({"format": FORMAT, "colour": 1}).encode()):
        assert check(draft, data, officer, "a.json").problems


def test_a_changed_file_is_shown_and_then_taken_once(draft, officer):
    data = damaged(draft, "Tiêu chí", "C5", "Kế hoạch ban hành sớm")

    checked = check(draft, data, officer)
    confirmation = checked.confirmation(officer)
    draft = workbook.take_file(draft=draft, confirmation=confirmation, by=officer)

    assert [(change.kind, change.after) for change in checked.changes] == [("changed", "Kế hoạch ban hành sớm")]
    row = draft.criteria.get(code="1.1")
    assert (row.title, row.predecessor.code) == ("Kế hoạch ban hành sớm", "1.1")
    with pytest.raises(criteria.StaleDraft):
        workbook.take_file(draft=draft, confirmation=confirmation, by=officer)


def test_versions_are_compared_by_what_continues_what(draft, officer):
    before = content_of(draft.based_on)
    one = Criterion.objects.get(criteria_set=draft, code="1.2")
    draft = criteria.change_criterion(criterion=one, values={"code": "1.2a"}, by=officer, expected=draft.revision)
    gone = Criterion.objects.get(criteria_set=draft, code="1.4")
    draft = criteria.remove_criterion(criterion=gone, by=officer, expected=draft.revision)
    draft, _new = criteria.add_criterion(
        criteria_set=draft,
        values={"code": "8.9", "parent": "VIII", "title": "Mới", "scoring": "yes_no", "max_score": "2"},
        by=officer,
        expected=draft.revision,
    )

    changes = differences(before, content_of(draft), continued(draft.based_on, draft))

    assert {(change.kind, change.of.split()[0], change.before, change.after) for change in changes} >= {
        ("changed", "1.2a", "1.2", "1.2a"),
    }
    assert [change.of.split()[0] for change in changes if change.kind == "added"] == ["8.9"]
    assert [change.of.split()[0] for change in changes if change.kind == "removed"] == ["1.4"]


WORDS = st.text(alphabet="aăđếộ Xyz1=,.;:\"'<>&-+@", min_size=1, max_size=30).filter(lambda text: text.strip(" "))
HALVES = st.integers(0, 40).map(lambda halves: Decimal(halves) / 2)


@st.composite
def trees(draw):
    rows = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        rows.append({"code": f"G{number}", "title": draw(WORDS), "scoring": "group"})
        for place in range(draw(st.integers(0, 3))):
            levels = [{"points": str(draw(HALVES)), "label": draw(WORDS)} for _ in range(draw(st.integers(0, 3)))]
            rows.append(
                {
                    "code": f"{number}.{place}",
                    "parent": f"G{number}",
                    "title": draw(WORDS),
                    "scoring": "levels",
                    "max_score": str(draw(HALVES)),
                    "parameters": {"levels": levels},
                    "skippable": draw(st.booleans()),
                    "applies_to": draw(st.sampled_from([[], ["commune"], ["district", "department"]])),
                    "rule": draw(WORDS),
                }
            )
    return rows


POLICY = {
    "not_applicable": "excluded",
    "grade_on": "percent",
    "knocked_out": "unranked",
    "rounding": {"mode": "down", "decimals": 1},
    "bonus_cap": "3",
    "floor": "1.5",
    "grades": [{"code": "good", "title": "Tốt", "from": "90", "title_en": "Good"}],
    "knock_outs": [{"criterion": "4.1", "below": "4", "at_most": "good", "reason": "chưa công bố"}],
    "tie_breaks": ["III", "2.1"],
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=trees(), title=WORDS, policy=st.sampled_from([{}, POLICY]))
def test_any_tree_survives_both_files(draft, officer, rows, title, policy):
    head = {"format": FORMAT, "title": title, "scale": "points", "standard": {"code": "X"}, "criteria": rows}
    head["policy"] = policy
    content = criteria.read_document(head)
    document = json.loads(json.dumps(as_document(content, slug="x", version=1)))

    again = criteria.read_document(document)
    sheets = workbook.read_workbook(criteria_workbook.render(content, version=1))
    read, problems = workbook._Workbook(sheets, replace(content, entries=())).read()

    assert content.policy == policy
    assert again == content
    assert (problems, read) == ([], content)
    assert document["digest"] == digest_of(read)
