"""What a legal basis cites, and the one record of the register that it means."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from activity.models import AuditEvent
from plans.document.citation import read_citation
from plans.models import LegalBasis, LegalDocument
from plans.services import link_citations
from tests.factories.plans import PlanFactory, import_seed
from tests.factories.units import UnitFactory
from units.models import Unit

DECISION_19 = "Căn cứ Quyết định số 19/2014/QĐ-TTg ngày 05/3/2014 của Thủ tướng Chính phủ về việc áp dụng HTQLCL;"


# -- Reading --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "kind", "number", "day", "issuer", "abstract"),
    [
        (DECISION_19, "decision", "19/2014/QĐ-TTg", date(2014, 3, 5), "Thủ tướng Chính phủ", "Áp dụng HTQLCL"),
        (
            "Căn cứ Quyết định số 29/QĐ-KHCN, ngày 22/01/2024 của Giám đốc Sở KH&CN về việc giao dự toán;",
            "decision",
            "29/QĐ-KHCN",
            date(2024, 1, 22),
            "Giám đốc Sở KH&CN",
            "Giao dự toán",
        ),
        (
            "Căn cứ Công văn số 1221/BKHCN-TĐC ngày 04 tháng 5 năm 2023 của Bộ Khoa học và Công nghệ về việc thí điểm;",
            "letter",
            "1221/BKHCN-TĐC",
            date(2023, 5, 4),
            "Bộ Khoa học và Công nghệ",
            "Thí điểm",
        ),
        (
            "Căn cứ Nghị quyết số 05-NQ/TU ngày 03/01/2026 của Ban Thường vụ Tỉnh ủy;",
            "resolution",
            "05-NQ/TU",
            date(2026, 1, 3),
            "Ban Thường vụ Tỉnh ủy",
            "",
        ),
        (
            "Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15;",
            "law",
            "72/2025/QH15",
            None,
            "",
            "Luật Tổ chức chính quyền địa phương",
        ),
        (
            "Căn cứ Luật Chất lượng sản phẩm, hàng hóa ngày 21 tháng 11 năm 2007;",
            "law",
            "",
            date(2007, 11, 21),
            "",
            "Luật Chất lượng sản phẩm, hàng hóa",
        ),
        ("Căn cứ TCVN ISO 9001:2015;", "standard", "TCVN ISO 9001:2015", None, "", "TCVN ISO 9001:2015"),
        (
            "Thực hiện Kế hoạch số 10/KH-UBND ngày 31/02/2025 của UBND tỉnh về áp dụng, "
            "UBND huyện lập Kế hoạch như sau:",
            "plan",
            "10/KH-UBND",
            None,
            "UBND tỉnh",
            "Áp dụng",
        ),
        (
            "Thực hiện Quyết định số 19/2014/QĐ-TTg của Thủ tướng Chính phủ; Kế hoạch số 18/KH-UBND ngày 15/01/2026,",
            "decision",
            "19/2014/QĐ-TTg",
            None,
            "Thủ tướng Chính phủ",
            "",
        ),
    ],
)
def test_what_a_citation_names(text, kind, number, day, issuer, abstract):
    read = read_citation(text)

    assert (read.kind, read.number, read.issued_on) == (kind, number, day)
    assert (read.issuer, read.abstract) == (issuer, abstract)


@pytest.mark.parametrize(
    "text",
    [
        "Căn cứ chức năng, nhiệm vụ của Sở;",
        "Căn cứ Quy chế làm việc của Ban Chỉ đạo,",
        "Xét đề nghị của Chánh Văn phòng.",
        "",
        ";",
    ],
)
def test_what_names_no_document_is_not_made_one(text):
    assert read_citation(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Căn cứ Quyết định số 08/2021/QĐ-UBND;", "Căn cứ Quyết định số 8/2021/QĐ-UBND;"),
        ("Căn cứ QUYẾT ĐỊNH SỐ 19/2014/QĐ-TTG;", DECISION_19),
        ("Căn cứ Quyết định số 19/2014/QĐ–TTg;", DECISION_19),
    ],
)
def test_a_document_is_found_however_its_number_is_typed(one, other):
    assert read_citation(one).key == read_citation(other).key


@given(
    st.text(max_size=300)
    | st.builds("Căn cứ {} số {}/QĐ-{} ngày {}".format, st.text(), st.integers(), st.text(), st.text())
)
def test_no_words_break_the_reader(text):
    read = read_citation(text)

    assert read is None or (read.key and len(read.key) <= 120)


# -- Linking --------------------------------------------------------------------------------------------------------
@pytest.fixture
def province(db):
    return UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Mẫu")


def cite(plan, *texts):
    start = plan.legal_bases.count()
    LegalBasis.objects.bulk_create(LegalBasis(plan=plan, order=start + n, text=text) for n, text in enumerate(texts))
    return link_citations(plan=plan, by=None)


def test_the_seeds_fill_the_register(province):
    plan = import_seed("bac_giang", province)

    documents = LegalDocument.objects.filter(unit=province)

    assert {each.number for each in documents} == {"278/KH-UBND", "218/KH-UBND", "29/QĐ-KHCN"}
    assert all(basis.document_id for basis in plan.legal_bases.all())
    assert AuditEvent.objects.filter(action="plans.legal_document_added", unit_path=province.path).count() == 3


def test_three_plans_that_cite_one_document_share_its_record(province):
    department = UnitFactory(parent=province, kind=Unit.Kind.DEPARTMENT)
    plans = [PlanFactory(unit=province), PlanFactory(unit=province), PlanFactory(unit=department)]

    made = [
        cite(plans[0], DECISION_19),
        cite(plans[1], "Căn cứ Quyết định số 19/2014/QĐ-TTg của Thủ tướng Chính phủ;"),
        cite(plans[2], "Căn cứ QUYẾT ĐỊNH số 19/2014/QĐ-TTG ngày 05 tháng 3 năm 2014;"),
    ]

    document = LegalDocument.objects.get()
    assert [len(each) for each in made] == [1, 0, 0]
    assert document.citations.count() == 3
    assert (document.unit, document.kind) == (province, "decision")


def test_linking_again_changes_nothing(province, django_assert_num_queries):
    plan = PlanFactory(unit=province)
    cite(plan, DECISION_19, "Căn cứ chức năng, nhiệm vụ;")

    assert link_citations(plan=plan, by=None) == []

    assert [basis.document_id is None for basis in plan.legal_bases.order_by("order")] == [False, True]
    assert LegalDocument.objects.count() == 1


def test_another_province_has_a_register_of_its_own(province):
    foreign = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Khác")

    cite(PlanFactory(unit=province), DECISION_19)
    cite(PlanFactory(unit=foreign), DECISION_19)

    assert LegalDocument.objects.count() == 2


def test_one_number_of_two_years_is_two_documents(province):
    plan = PlanFactory(unit=province)

    cite(
        plan,
        "Căn cứ Quyết định số 101/QĐ-UBND ngày 12/01/2023 của UBND tỉnh;",
        "Căn cứ Quyết định số 101/QĐ-UBND ngày 15/01/2024 của UBND tỉnh;",
    )

    assert LegalDocument.objects.count() == 2


def test_a_day_given_later_is_learnt(province):
    cite(PlanFactory(unit=province), "Căn cứ Quyết định số 19/2014/QĐ-TTg;")
    cite(PlanFactory(unit=province), DECISION_19)

    document = LegalDocument.objects.get()
    assert document.issued_on == date(2014, 3, 5)
    assert document.citations.count() == 2


def test_laws_of_one_name_are_told_apart_by_their_year(province):
    plan = PlanFactory(unit=province)

    cite(
        plan,
        "Căn cứ Luật Tổ chức chính quyền địa phương năm 2025;",
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19/6/2015;",
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16/6/2025;",
        "Căn cứ Luật Tổ chức chính quyền địa phương năm 2015;",
    )

    linked = list(plan.legal_bases.order_by("order").values_list("document_id", flat=True))
    assert linked[0] == linked[2] != linked[1] == linked[3]
    assert LegalDocument.objects.count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_citations_of_known_documents_cost_the_same_however_many(province, django_assert_num_queries, count):
    texts = [f"Căn cứ Quyết định số {n}/2014/QĐ-TTg ngày 05/3/2014;" for n in range(1, count + 1)]
    cite(PlanFactory(unit=province), *texts)
    plan = PlanFactory(unit=province)
    LegalBasis.objects.bulk_create(LegalBasis(plan=plan, order=n, text=text) for n, text in enumerate(texts))

    with django_assert_num_queries(7):
        link_citations(plan=plan, by=None)


@pytest.mark.django_db(transaction=True)
def test_of_many_imports_at_once_one_makes_the_record():
    province = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Mẫu")
    plans = [PlanFactory(unit=province) for _ in range(8)]
    for plan in plans:
        LegalBasis.objects.create(plan=plan, order=0, text=DECISION_19)
    start = Barrier(len(plans), timeout=30)

    def run(plan):
        try:
            start.wait()
            return len(link_citations(plan=plan, by=None))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(plans)) as pool:
        made = list(pool.map(run, plans))

    assert sum(made) == 1
    assert LegalDocument.objects.get().citations.count() == 8
