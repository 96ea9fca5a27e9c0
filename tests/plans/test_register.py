"""The register of legal bases: who keeps it, what replaces what, which plans are warned."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import pairwise
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from activity.models import AuditEvent, Notification
from plans.models import LegalBasis, LegalDocument
from plans.services import link_citations, register
from tests.factories.plans import PlanFactory
from tests.factories.units import UnitFactory
from units.models import Unit
from units.permissions import Role

DECISION_19 = "Căn cứ Quyết định số 19/2014/QĐ-TTg ngày 05/3/2014 của Thủ tướng Chính phủ về việc áp dụng HTQLCL;"
TODAY = timezone.localdate()


def document(unit, number="19/2014/QĐ-TTg", **values) -> LegalDocument:
    return register.add_legal_document(register=unit, by=None, number=number, **values)


def citing(unit, document, **values):
    plan = PlanFactory(unit=unit, **values)
    LegalBasis.objects.create(plan=plan, order=0, text=f"Căn cứ {document.number}; CITED", document=document)
    return plan


# -- Services ---------------------------------------------------------------------------------------------------------
def test_a_document_is_written_down_and_found_by_citations(cast):
    officer = cast[Role.PROGRAMME_OFFICER]

    made = register.add_legal_document(
        register=cast.province, by=officer, kind="decision", number="19/2014/QĐ-TTg", issued_on=date(2014, 3, 5)
    )
    plan = PlanFactory(unit=cast.a)
    LegalBasis.objects.create(plan=plan, order=0, text=DECISION_19)
    link_citations(plan=plan, by=None)

    assert plan.legal_bases.get().document == made
    event = AuditEvent.objects.get(action="plans.legal_document_added")
    assert (event.by, event.unit_path) == (officer, cast.province.path)
    assert event.changes["number"] == [None, "19/2014/QĐ-TTg"]


def test_what_the_register_has_is_not_written_twice(cast):
    known = document(cast.province, issued_on=date(2014, 3, 5))

    with pytest.raises(register.AlreadyRegistered) as refused:
        document(cast.province, number="19/2014/QĐ–TTG", issued_on=date(2014, 3, 5))

    assert refused.value.document == known


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"number": ""}, register.NothingToCallItBy),
        ({"valid_from": date(2024, 2, 1), "valid_to": date(2024, 1, 1)}, register.ValidityBackwards),
    ],
)
def test_a_record_that_says_nothing_or_nonsense_is_refused(cast, values, refusal):
    with pytest.raises(refusal):
        document(cast.province, **values)

    assert not LegalDocument.objects.exists()


def test_a_correction_on_an_older_version_is_told_who_was_faster(cast):
    officer, administrator = cast[Role.PROGRAMME_OFFICER], cast[Role.ADMINISTRATOR]
    made = document(cast.province)

    register.change_legal_document(document=made, version=1, by=administrator, issuer="Thủ tướng Chính phủ")
    with pytest.raises(register.RecordChanged) as refused:
        register.change_legal_document(document=made, version=1, by=officer, issuer="Chính phủ")

    made.refresh_from_db()
    assert (made.issuer, made.version) == ("Thủ tướng Chính phủ", 2)
    assert "thu tuong" in made.search_text
    assert refused.value.by == administrator
    assert str(administrator) in str(refused.value)
    event = AuditEvent.objects.get(action="plans.legal_document_changed")
    assert event.changes == {"issuer": ["", "Thủ tướng Chính phủ"]}


def test_a_record_whose_number_was_corrected_is_still_found_by_its_citations(cast):
    made = document(cast.province, number="19/2014/QĐ-TTg", issued_on=date(2014, 3, 5))
    plan = citing(cast.a, made)

    register.change_legal_document(document=made, version=1, by=None, number="19/2014/QĐ-TTG-CP")
    LegalBasis.objects.filter(plan=plan).update(text=DECISION_19)
    link_citations(plan=plan, by=None)

    assert LegalDocument.objects.get().citations.get().plan == plan


def test_a_replacement_tells_who_wrote_the_plans_that_cite_it(cast):
    officer, head = cast[Role.PROGRAMME_OFFICER], cast[Role.UNIT_HEAD]
    old, new = document(cast.province), document(cast.province, number="20/2026/QĐ-TTg")
    citing(cast.a, old, created_by=head)
    citing(cast.a, old, created_by=cast[Role.UNIT_OFFICER], status="closed")

    register.replace_legal_document(document=old, successor=new, on=TODAY, version=1, by=cast[Role.ADMINISTRATOR])

    old.refresh_from_db()
    assert (old.replaced_by, old.replaced_on, old.version) == (new, TODAY, 2)
    told = Notification.objects.filter(event__action="plans.legal_document_replaced")
    assert set(told.values_list("to", flat=True)) == {officer.pk, head.pk}


def test_a_replacement_can_be_taken_back(cast):
    old, new = document(cast.province), document(cast.province, number="20/2026/QĐ-TTg")
    register.replace_legal_document(document=old, successor=new, on=TODAY, version=1, by=None)

    register.replace_legal_document(document=old, successor=None, on=TODAY, version=2, by=None)

    old.refresh_from_db()
    assert (old.replaced_by, old.replaced_on) == (None, None)


def test_a_circle_of_replacements_is_refused(cast):
    chain = [document(cast.province, number=f"{n}/2014/QĐ-TTg") for n in (1, 2, 3)]
    for earlier, later in pairwise(chain):
        register.replace_legal_document(document=earlier, successor=later, on=TODAY, version=1, by=None)

    with pytest.raises(register.ReplacementCircle):
        register.replace_legal_document(document=chain[2], successor=chain[0], on=TODAY, version=1, by=None)
    with pytest.raises(register.NotTheSame):
        register.replace_legal_document(document=chain[2], successor=chain[2], on=TODAY, version=1, by=None)
    foreign = document(cast.foreign, number="9/2014/QĐ-TTg")
    with pytest.raises(register.NotTheSame):
        register.replace_legal_document(document=chain[2], successor=foreign, on=TODAY, version=1, by=None)


def test_two_records_of_one_document_become_one(cast):
    kept = document(cast.province, number="72/2025/QH15", kind="other")
    law = document(cast.province, number="", kind="law", abstract="Luật Tổ chức chính quyền địa phương")
    successor, older = document(cast.province, number="1/2030/QH17"), document(cast.province, number="77/2015/QH13")
    register.replace_legal_document(document=older, successor=law, on=TODAY, version=1, by=None)
    register.replace_legal_document(document=law, successor=successor, on=TODAY, version=1, by=None)
    plans = [citing(cast.a, law), citing(cast.b, kept)]

    register.merge_legal_documents(kept=kept, duplicate=law, by=cast[Role.PROGRAMME_OFFICER])

    kept.refresh_from_db()
    assert not LegalDocument.objects.filter(pk=law.pk).exists()
    assert {basis.plan for basis in kept.citations.all()} == set(plans)
    assert (kept.kind, kept.abstract, kept.replaced_by) == ("law", "Luật Tổ chức chính quyền địa phương", successor)
    assert list(kept.replaces.all()) == [older]
    later = PlanFactory(unit=cast.a)
    LegalBasis.objects.create(plan=later, order=0, text="Căn cứ Luật Tổ chức chính quyền địa phương;")
    assert link_citations(plan=later, by=None) == []
    assert later.legal_bases.get().document == kept


def test_what_replaces_another_is_not_the_same(cast):
    old, new = document(cast.province), document(cast.province, number="20/2026/QĐ-TTg")
    register.replace_legal_document(document=old, successor=new, on=TODAY, version=1, by=None)

    for kept, duplicate in [(old, new), (new, old), (old, old), (old, document(cast.foreign))]:
        with pytest.raises(register.NotTheSame):
            register.merge_legal_documents(kept=kept, duplicate=duplicate, by=None)


@pytest.mark.django_db(transaction=True)
def test_two_who_replace_one_by_the_other_make_no_circle():
    province = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Mẫu")
    one, other = document(province, number="1/2014/QĐ-TTg"), document(province, number="2/2014/QĐ-TTg")
    start = Barrier(2, timeout=30)

    def run(pair):
        try:
            start.wait()
            replaced, successor = (LegalDocument.objects.get(pk=each.pk) for each in pair)
            register.replace_legal_document(document=replaced, successor=successor, on=TODAY, version=1, by=None)
            return True
        except register.RegisterRefused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, [(one, other), (other, one)]))

    assert sorted(type(each).__name__ for each in outcomes) == ["ReplacementCircle", "bool"]
    assert LegalDocument.objects.filter(replaced_by__isnull=False).count() == 1


# -- Warnings ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "warned"),
    [
        ({}, False),
        ({"valid_to": TODAY}, False),
        ({"valid_to": TODAY - timedelta(days=1)}, True),
        ({"replaced_on": TODAY}, True),
        ({"replaced_on": None}, True),
        ({"replaced_on": TODAY + timedelta(days=1)}, False),
    ],
)
def test_a_plan_is_warned_from_the_day_its_basis_holds_no_more(client, cast, values, warned):
    last = document(cast.province, number="30/2030/QĐ-TTg", abstract="Văn bản cuối cùng")
    new = document(cast.province, number="20/2026/QĐ-TTg")
    old = document(cast.province)
    plans = [citing(cast.province, old), citing(cast.province, old), citing(cast.a, old)]
    if "replaced_on" in values:
        LegalDocument.objects.filter(pk=new.pk).update(replaced_by=last)
        values = {"replaced_by": new, **values}
    LegalDocument.objects.filter(pk=old.pk).update(**values)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    pages = [client.get(f"/plans/{plan.pk}/").content.decode() for plan in plans]
    listed = client.get("/plans/").content.decode()
    told = [client.get(f"/api/v1/plans/{plan.pk}/").json()["legal_bases"][0] for plan in plans]

    assert ['id="outdated"' in page for page in pages] == [warned] * 3
    assert listed.count("#outdated") == (3 if warned else 0)
    assert [(each["outdated"] is not None) for each in told] == [warned] * 3
    if "replaced_by" in values and warned:
        assert all(f"/legal-bases/{last.pk}/" in page and "Văn bản cuối cùng" in page for page in pages)
        assert told[0]["outdated"] == {
            "state": "replaced",
            "since": None if not values["replaced_on"] else str(TODAY),
            "successor": last.pk,
        }


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_a_plan_that_is_over_is_not_warned(client, cast, status):
    old = document(cast.province, valid_to=TODAY - timedelta(days=1))
    plan = citing(cast.province, old, status=status)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    assert 'id="outdated"' not in client.get(f"/plans/{plan.pk}/").content.decode()
    assert "#outdated" not in client.get("/plans/").content.decode()


# -- Pages ------------------------------------------------------------------------------------------------------------
def test_the_list_is_searched_without_accents_and_narrowed(client, cast):
    document(cast.province, abstract="Áp dụng hệ thống", issuer="Thủ tướng Chính phủ", kind="decision")
    document(cast.province, number="", abstract="Luật Khoa học", kind="law", valid_from=date(2020, 1, 1))
    gone = document(cast.province, number="1/2000/QĐ-TTg", valid_to=date(2010, 1, 1))
    old = document(cast.province, number="2/2000/QĐ-TTg")
    register.replace_legal_document(document=old, successor=gone, on=TODAY, version=1, by=None)
    document(cast.foreign, number="5/2005/QĐ-TTg")
    client.force_login(cast["commune"])

    def found(**query):
        page = client.get("/legal-bases/", query)
        assert page.status_code == 200
        return sorted(str(each) for each, _state in page.context["rows"])

    assert len(found()) == 4
    assert found(q="he thong ap dung") == ["19/2014/QĐ-TTg"]
    assert found(q="19/2014/qd-ttg") == ["19/2014/QĐ-TTg"]
    assert found(kind="law") == ["Luật Khoa học"]
    assert found(issuer="Thủ tướng Chính phủ") == ["19/2014/QĐ-TTg"]
    assert found(state="valid") == ["Luật Khoa học"]
    assert found(state="replaced") == ["2/2000/QĐ-TTg"]
    assert found(state="ended") == ["1/2000/QĐ-TTg"]
    assert found(state="unmarked") == ["19/2014/QĐ-TTg"]


def test_only_plans_one_may_see_are_counted_and_named(client, cast):
    one = document(cast.province)
    mine, other = citing(cast.a, one, title="Kế hoạch của A"), citing(cast.b, one, title="Kế hoạch của B")

    for person, plans in [(Role.UNIT_OFFICER, [mine]), (Role.LEADER, [mine, other])]:
        client.force_login(cast[person])
        page = client.get(f"/legal-bases/{one.pk}/")
        listed = client.get("/legal-bases/").context["rows"]

        assert {each.plan for each in page.context["citations"]} == set(plans)
        assert [row.usage for row, _state in listed] == [len(plans)]


def test_a_record_is_added_corrected_and_marked_on_its_pages(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    values = {"kind": "decision", "number": "19/2014/QĐ-TTg", "issued_on": "2014-03-05", "abstract": "Áp dụng"}

    added = client.post("/legal-bases/add/", values)
    again = client.post("/legal-bases/add/", values)
    one = LegalDocument.objects.get()
    url = f"/legal-bases/{one.pk}/"
    page = client.get(f"{url}edit/")
    edited = client.post(f"{url}edit/", {**values, "issuer": "Thủ tướng Chính phủ", "version": "1"})
    stale = client.post(f"{url}edit/", {**values, "issuer": "Chính phủ", "version": "1"})
    other = document(cast.province, number="20/2026/QĐ-TTg")
    replaced = client.post(f"{url}replace/", {"successor": other.pk, "on": "2026-01-01", "version": "2"})

    assert (added.status_code, added.url) == (302, url)
    assert (again.status_code, again.context["known"]) == (422, one)
    assert page.context["form"]["number"].value() == "19/2014/QĐ-TTg"
    assert edited.status_code == 302
    assert stale.status_code == 409
    assert [row[1:] for row in stale.context["differences"]] == [("Thủ tướng Chính phủ", "Chính phủ")]
    assert stale.context["form"]["version"].value() == "2"
    assert replaced.status_code == 302
    one.refresh_from_db()
    assert (one.issuer, one.replaced_by, one.replaced_on) == ("Thủ tướng Chính phủ", other, date(2026, 1, 1))
    chain = client.get(url).context
    assert (chain["successors"], chain["state"]) == ([other], "replaced")


def test_two_records_are_merged_on_the_page(client, cast):
    kept, duplicate = document(cast.province), document(cast.province, number="19/2014/QĐ-TTg-CP")
    foreign = document(cast.foreign)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    refused = client.post(f"/legal-bases/{kept.pk}/merge/", {"duplicate": foreign.pk})
    merged = client.post(f"/legal-bases/{kept.pk}/merge/", {"duplicate": duplicate.pk})

    assert (refused.status_code, merged.status_code) == (422, 302)
    assert list(LegalDocument.objects.filter(unit=cast.province)) == [kept]


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_costs_the_same_for_one_record_and_three(client, cast, django_assert_num_queries, count):
    successor = document(cast.province, number="100/2026/QĐ-TTg")
    for n in range(count):
        one = document(cast.province, number=f"{n + 1}/2014/QĐ-TTg")
        register.replace_legal_document(document=one, successor=successor, on=TODAY, version=1, by=None)
        for _plan in range(count):
            citing(cast.a, one)
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    client.get("/legal-bases/")

    with django_assert_num_queries(7):
        client.get("/legal-bases/")
    with django_assert_num_queries(7):
        client.get(f"/legal-bases/{one.pk}/")
