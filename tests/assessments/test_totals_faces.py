"""B-12: a total that takes every kind of arithmetic says the same on the page, in the API, the workbook and the PDF."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from assessments.contexts import assessment_result
from assessments.contexts.accounts import account_data, exact, sheet_account
from assessments.contexts.rules import rules_of
from assessments.models import Assessment, CriteriaSet, Criterion, Score
from reports.contexts import assessment_report
from reports.renderers import pdf, xlsx
from tests.assessments.test_totals import put, store
from tests.factories.assessments import AssessmentFactory, RoundFactory
from tests.reports.reading import text_of
from units.permissions import Role

GRADES = [
    {"code": "good", "title": "Tốt", "title_en": "Good", "from": "8.5"},
    {"code": "fair", "title": "Khá", "title_en": "Fair", "from": "5"},
]


@pytest.fixture
def sheet(sheets) -> Assessment:
    """7.385 × 1.125 of 9, on a scale of 11.8125; a bonus over its cap, a deduction, a knock-out."""
    criteria_set = CriteriaSet.objects.create(
        slug="all-sorts",
        title="Đủ cách tính",
        standard=sheets.round.criteria_set.standard,
        scale="points",
        status="published",
        policy={
            "not_applicable": "excluded",
            "bonus_cap": "1.5",
            "grades": GRADES,
            "knock_outs": [{"criterion": "I.1", "below": "4", "at_most": "fair", "reason": "Chưa công bố"}],
        },
    )
    order = iter(range(1, 20))

    def add(code, parent=None, **values) -> Criterion:
        values.setdefault("scoring", "points")
        if values["scoring"] == "points":
            values.setdefault("max_score", Decimal(4))
        return Criterion.objects.create(
            criteria_set=criteria_set, order=next(order), code=code, title=f"Tên {code}", parent=parent, **values
        )

    first = add("I", scoring="group", weight=Decimal("1.125"))
    add("I.1", first)
    add("I.2", first, weight=Decimal("0.5"))
    add("I.3", first, max_score=Decimal("2.5"), skippable=True)
    add("I.4", first, max_score=Decimal(2))
    extra = add("II", scoring="group")
    add("II.1", extra, counts="bonus")
    add("II.2", extra, counts="deduction")
    sheet = AssessmentFactory(round=RoundFactory(criteria_set=criteria_set), unit=sheets.cast.a)
    for code, answer in {
        "I.1": {"points": "3.9"},
        "I.2": {"points": "3.01"},
        "I.3": {"not_applicable": True},
        "I.4": {"points": "1.98"},
        "II.1": {"points": "2"},
        "II.2": {"points": "0.25"},
    }.items():
        put(sheet, code, Score.Stage.SELF, answer)
    return store(sheet)


# 3.90 + 3.01 × 0.5 + 1.98 = 7.385; × 1.125 = 8.308125 of 9; × 11.8125 / 9 = 10.9044140625;
# + 1.5 − 0.25 = 12.1544140625, but at most the maximum, 11.8125 = 11.81. The knock-out (3.90 < 4) leaves it at “Khá”.
TOTAL = Decimal("11.81")


@pytest.fixture
def result(sheet):
    return assessment_result(Assessment.objects.with_sheet_head().get(pk=sheet.pk))


def test_the_total_is_the_one_worked_out_by_hand(sheet, result):
    assert (sheet.total, result.total, result.outcome.total) == (TOTAL, TOTAL, TOTAL)
    assert result.outcome.subtotal == Decimal("10.9044140625")
    assert (result.maximum, result.outcome.bonus_counted) == (Decimal("11.81"), Decimal("1.50"))
    assert sheet.group_totals["I"]["points"] == "7.39"  # 7.385, half up; half to even it would be 7.38
    assert sheet.group_totals["II"]["points"] is None  # blank, not zero


def test_every_face_shows_it(sheet, result, sheets, client):
    reader = sheets.cast[Role.UNIT_OFFICER]
    client.force_login(reader)
    with translation.override("vi"):
        report = assessment_report(Assessment.objects.with_sheet_head().get(pk=sheet.pk), user=reader)
        book = load_workbook(BytesIO(xlsx.render(report, "job")))["Kết quả"]
        printed = text_of(pdf.render(report, "job"))

    page = client.get(reverse("assessments:sheet", args=[sheet.pk])).content.decode()
    told = client.get(f"/api/v1/assessments/{sheet.pk}/").json()

    assert told["total"] == str(TOTAL)
    assert told["group_totals"]["I"]["points"] == "7.39"
    (maths,) = re.findall(r'<div id="maths".*?</div>', page, re.S)
    rows = {row[0].value or row[1].value: row for row in book.iter_rows() if row[0].value or row[1].value}
    assert rows["Tổng cộng"][4].value == float(TOTAL)
    assert rows["Tổng cộng"][2].value == float(result.maximum)
    assert rows["I"][4].value == 7.39
    assert rows["I.2"][4].value == 3.01
    assert "<output>11,81</output>" in maths
    for text in ("7,385", "8,308125", "10,9044140625", "12,1544140625", "12,15", "11,81"):
        assert text in maths
        assert text in printed
    assert [float(step.points) for step in result.account.steps if step.points is not None] == [
        row[4].value for row in book.iter_rows() if row[1].value in {step.label for step in result.account.steps}
        and row[4].value is not None
    ]  # fmt: skip


def test_the_account_in_words(result):
    account = result.account

    assert [(line.code, line.addends, line.points_text, line.running_text) for line in account.lines] == [
        ("I", "3,90 + 3,01 × 0,5 + 1,98, 1 không áp dụng", "7,385 × 1,125", "8,308125"),
        ("II", "chưa chấm", "–", "8,308125"),
    ]
    assert [(step.label, step.text, step.points_text) for step in account.steps] == [
        ("Tổng các nhóm", "", "8,308125"),
        ("Trừ phần không áp dụng", "8,308125 × 11,8125 / 9,00 = 10,9044140625", "10,9044140625"),
        ("Điểm cộng", "+ 2,00, tính tối đa 1,50", "12,4044140625"),
        ("Điểm trừ", "− 0,25", "12,1544140625"),
        ("Làm tròn", "12,1544140625 → 12,15 (2 chữ số thập phân, từ 5 trở lên làm tròn lên)", "12,15"),
        ("Tổng điểm cao nhất", "12,15 > 11,81", "11,81"),
        ("Xếp loại", "Tốt: 11,81 đạt ngưỡng từ 8,5", ""),
        ("Điều kiện khống chế", "I.1 được 3,90, dưới 4,00: không quá Khá. Chưa công bố.", ""),
    ]
    assert (account.lead, account.grade, account.is_complete) == ("trên 11,81 điểm", "Khá", True)
    assert len(account.notes) == 2


def test_the_account_follows_the_reader(sheet):
    rules = rules_of(sheet.round.criteria_set, sheet.round.criteria_set.criteria.order_by("order"))
    outcome = rules.outcome({})

    with translation.override("en"):
        account = sheet_account(outcome, rules.criteria, rules.policy)
        assert (exact(Decimal("4.995")), exact(Decimal("4.9")), exact(None)) == ("4.995", "4.90", "–")

    assert (account.total, account.lead, account.grade, account.steps) == (None, "Nothing is scored yet.", "", [])
    assert [(line.addends, line.points_text) for line in account.lines] == [("not scored yet", "–")] * 2


def test_a_sheet_that_is_not_finished_says_so(sheets):
    sheets.save("1.1", {"days_late": 0})
    sheets.save("2.1", {"done": 109, "of": 118})

    account = assessment_result(Assessment.objects.with_sheet_head().get(pk=sheets.points.pk)).account

    assert account.lead == "trên 12 điểm của 2 tiêu chí đã chấm; 21 tiêu chí còn lại tối đa 88 điểm."
    assert account.lines[0].addends == "4,00, còn 3 tiêu chí"
    assert account.steps[-1].text == "Yếu: 11,39 đạt ngưỡng từ 0"
    assert account.notes == [
        "Điểm cộng, điểm trừ: không.",
        "Tiêu chí không áp dụng: không.",
        "Làm tròn từng tiêu chí 2 chữ số, từ 5 trở lên làm tròn lên; tiêu chí chưa chấm không tính là 0.",
        "Xếp loại là tạm tính: chưa chấm đủ tiêu chí.",
    ]


@pytest.mark.parametrize(
    ("policy", "counted"),
    [
        ("full", "được tính điểm tối đa."),
        ("zero", "tính 0 điểm."),
    ],
)
def test_what_does_not_apply_is_told_by_the_policy(sheet, policy, counted):
    criteria_set = sheet.round.criteria_set
    rounding = {"rounding": {"mode": "half_even", "decimals": 0}, "ceiling": "99", "grade_on": "percent"}
    criteria_set.policy = criteria_set.policy | rounding | {"not_applicable": policy}
    criteria_set.save(update_fields=["policy"])

    account = assessment_result(Assessment.objects.with_sheet_head().get(pk=sheet.pk)).account

    assert account.notes[0] == f"Tiêu chí không áp dụng: 1; {counted}"
    texts = {step.label: step.text for step in account.steps}
    assert "(0 chữ số thập phân, số 5 làm tròn về chữ số chẵn)" in texts["Làm tròn"]
    assert texts["Xếp loại"].startswith("Tốt: ")
    assert "%" in texts["Xếp loại"]


def test_the_tree_is_told_to_programs_in_texts(result):
    tree = account_data(result.outcome.account)

    assert (tree["node"], tree["points"], tree["maximum"]) == ("sheet", "11.81", "11.8125")
    assert [term["code"] for term in tree["terms"]] == ["I", "II", "bonus", "deduction"]
    second = tree["terms"][0]["terms"][1]
    assert (second["code"], second["points"], second["weight"]) == ("I.2", "3.01", "0.500")
    assert tree["steps"][1] == {
        "name": "scaled",
        "given": "8.308125",
        "maximum": "11.8125",
        "applicable": "9.00",
        "points": "10.9044140625",
    }


def test_a_tenth_and_two_tenths_are_three_tenths_everywhere(sheets, client):
    criteria_set = CriteriaSet.objects.create(
        slug="tenths",
        title="Phần mười",
        standard=sheets.round.criteria_set.standard,
        scale="points",
        status="published",
    )
    group = Criterion.objects.create(criteria_set=criteria_set, order=1, code="I", title="I", scoring="group")
    for order, code in enumerate(["a", "b"], start=2):
        Criterion.objects.create(
            criteria_set=criteria_set,
            order=order,
            code=code,
            title=code,
            scoring="points",
            max_score=Decimal("0.3"),
            parent=group,
        )
    sheet = AssessmentFactory(round=RoundFactory(criteria_set=criteria_set), unit=sheets.cast.a)
    put(sheet, "a", Score.Stage.SELF, {"points": "0,1"})
    put(sheet, "b", Score.Stage.SELF, {"points": "0,2"})
    store(sheet)
    client.force_login(sheets.officer)

    page = client.get(reverse("assessments:sheet", args=[sheet.pk])).content.decode()

    assert client.get(f"/api/v1/assessments/{sheet.pk}/").json()["total"] == "0.30"
    assert "<output>0,30</output>" in page
    assert "0,30000" not in page


def test_the_api_tells_the_tree_and_hides_what_is_not_told_yet(sheet, sheets, client):
    put(sheet, "I.1", Score.Stage.VERIFIED, {"points": "1"})
    client.force_login(sheets.officer)

    before = client.get(f"/api/v1/assessments/{sheet.pk}/account/").json()
    Assessment.objects.filter(pk=sheet.pk).update(state=Assessment.State.PRELIMINARY)
    told = client.get(f"/api/v1/assessments/{sheet.pk}/account/").json()

    assert (before["own"]["points"], before["verified"], before["final"]) == ("11.81", None, None)
    assert (told["own"]["points"], told["verified"]["terms"][0]["terms"][0]["points"]) == ("11.81", "1.00")
    assert told["final"]["points"] == told["verified"]["points"]
