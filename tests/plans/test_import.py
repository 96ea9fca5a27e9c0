"""A document becomes a draft plan: no word is lost, no unit is invented, nothing is imported twice."""

from __future__ import annotations

from datetime import date

import pytest

from activity.models import AuditEvent
from plans.document import read_document
from plans.document.model import IssueDate, PlanDocument
from plans.models import Plan, Standard, TaskPerformer
from plans.services import AlreadyImported, find_unit_for, import_document
from tests.factories.plans import SEEDS, import_seed
from tests.factories.units import UnitFactory, UserFactory
from units.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def bac_giang():
    province = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Bắc Giang", place="Bắc Giang")
    department = UnitFactory(parent=province, kind=Unit.Kind.DEPARTMENT, name="Sở Khoa học và Công nghệ")
    return {
        "province": province,
        "committee": UnitFactory(parent=province, kind=Unit.Kind.COMMITTEE, name="Ban Chỉ đạo ISO tỉnh"),
        "department": department,
        "branch": UnitFactory(
            parent=department,
            kind=Unit.Kind.BRANCH,
            name="Chi cục Tiêu chuẩn Đo lường Chất lượng",
            short_name="Chi cục TCĐLCL",
        ),
        "district": UnitFactory(parent=province, name="Uỷ ban nhân dân huyện Yên Thế"),
    }


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_a_seed_becomes_a_draft_with_its_parts(name, bac_giang):
    document = read_document(SEEDS[name].read_text(encoding="utf-8"))
    officer = UserFactory()

    plan = import_seed(name, bac_giang["province"], officer)

    assert (plan.status, plan.created_by) == (Plan.Status.DRAFT, officer)
    assert (plan.number, plan.symbol, plan.title) == (document.number or "", document.symbol, document.title)
    when = document.issue_date
    assert (plan.issue_year, plan.issue_month, plan.issue_day) == (when.year, when.month, when.day)
    assert [basis.text for basis in plan.legal_bases.all()] == [basis.text for basis in document.legal_bases]
    assert [(task.number, task.title, task.start, task.end) for task in plan.tasks.all()] == [
        (task.number, task.title, task.period.start, task.period.end) for task in document.tasks
    ]
    assert [each.text for task in plan.tasks.all() for each in task.performers.all()] == [
        each.text for task in document.tasks for each in task.performers
    ]
    assert plan.funding.amount == document.funding.amount
    assert [(each.text, each.purpose) for each in plan.recipients.all()] == [
        (each.text, each.purpose or "") for each in document.recipients
    ]
    assert plan.signer_name == document.signature.name == "Nguyễn Thanh Bình"
    assert [str(standard) for standard in plan.standards.all()] == list(document.standards)
    event = AuditEvent.objects.get(action="plans.imported")
    assert (event.target_id, event.by, event.unit_path) == (str(plan.pk), officer, bac_giang["province"].path)


def test_performers_are_linked_to_the_units_they_name_and_to_no_other(bac_giang):
    plan = import_seed("bac_giang", bac_giang["committee"])

    linked = {each.text: each.unit for each in TaskPerformer.objects.filter(task__plan=plan)}
    assert linked["Sở KH&CN"] == bac_giang["department"]
    assert linked["Chi cục TCDLCL"] == bac_giang["branch"]
    assert linked["Ban Chỉ đạo ISO tỉnh"] == bac_giang["committee"]
    for words in ("Báo cáo viên", "Các cơ quan hành chính", "Tổ chuyên môn giúp việc"):
        assert linked[words] is None


def test_units_that_did_not_exist_on_the_day_of_the_plan_are_not_linked(bac_giang):
    Unit.objects.filter(pk=bac_giang["department"].pk).update(valid_from=date(2025, 7, 1))

    plan = import_seed("bac_giang", bac_giang["committee"])

    assert not TaskPerformer.objects.filter(task__plan=plan, unit=bac_giang["department"]).exists()


def test_two_units_of_one_name_leave_the_words_unlinked(bac_giang):
    UnitFactory(parent=bac_giang["province"], kind=Unit.Kind.DEPARTMENT, name="Sở KH&CN")

    plan = import_seed("bac_giang", bac_giang["committee"])

    assert TaskPerformer.objects.filter(task__plan=plan, text="Sở KH&CN", unit=None).count() == 2


def test_the_same_document_is_imported_once_for_a_unit(bac_giang):
    first = import_seed("bac_giang", bac_giang["committee"])
    text = SEEDS["bac_giang"].read_text(encoding="utf-8").replace("\n", "\r\n\r\n")

    with pytest.raises(AlreadyImported) as refused:
        import_document(document=read_document(text), unit=bac_giang["committee"], by=None, text=text)

    assert refused.value.plan == first
    assert str(first) in str(refused.value)
    assert Plan.objects.count() == AuditEvent.objects.filter(action="plans.imported").count() == 1
    assert import_seed("bac_giang", bac_giang["province"]) != first


def test_standards_are_rows_told_apart_by_edition(bac_giang):
    import_seed("hue", bac_giang["province"])
    import_seed("hue", bac_giang["committee"])

    assert list(Standard.objects.values_list("code", "edition")) == [("TCVN ISO 18091", "2020")]


@pytest.mark.parametrize(
    ("place", "issuer", "expected"),
    [
        ("Bắc Giang", "Ban Chỉ đạo ISO tỉnh", "committee"),
        ("Bắc Giang", "BCĐ ISO tỉnh Bắc Giang", "committee"),
        ("Bắc Giang", "Ủy ban nhân dân tỉnh Bắc Giang", "province"),
        ("Bắc Giang", "Một cơ quan khác", "province"),
        ("Bắc Giang", None, "province"),
        ("Yên Thế", "UBND huyện Yên Thế", "district"),
        (None, "Sở KH&CN", "department"),
        ("Hải Phòng", "Một cơ quan khác", None),
        (None, None, None),
    ],
)
def test_the_issuing_unit_is_found_by_place_and_issuer(bac_giang, place, issuer, expected):
    document = PlanDocument(place=place, issuer=issuer, issue_date=IssueDate(year=2024, month=2))

    assert find_unit_for(document) == (bac_giang[expected] if expected else None)


def test_a_province_that_has_ended_issues_no_later_plan(bac_giang):
    Unit.objects.filter(pk=bac_giang["province"].pk).update(valid_to=date(2025, 6, 30))

    late = PlanDocument(place="Bắc Giang", issuer="Ủy ban nhân dân tỉnh", issue_date=IssueDate(2025, 8, 1))

    assert find_unit_for(late) is None
