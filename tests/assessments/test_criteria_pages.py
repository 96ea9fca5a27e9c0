"""The pages of criteria sets cost the same for one row and for many, and lose nothing that was typed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assessments.models import CriteriaSet
from assessments.services import criteria
from tests.factories.assessments import load_sets
from tests.factories.units import make_cast
from units.permissions import Role

pytestmark = pytest.mark.django_db


def test_the_list_and_the_editor_cost_the_same_for_one_row_and_many(client, django_assert_max_num_queries):
    cast = make_cast()
    officer = cast[Role.PROGRAMME_OFFICER]
    base = load_sets()["iso9001-example"]
    small = criteria.begin_set(province=cast.province, title="Nhỏ", standard=base.standard, scale="points", by=officer)
    large = criteria.begin_draft(province=cast.province, based_on=base, by=officer)
    client.force_login(officer)

    with django_assert_max_num_queries(30) as few:
        client.get(reverse("assessments:criteria_edit", args=[small.pk]))
    with django_assert_max_num_queries(len(few)):
        page = client.get(reverse("assessments:criteria_edit", args=[large.pk]))
    assert page.status_code == 200
    with django_assert_max_num_queries(30) as few:
        client.get(reverse("assessments:criteria_list"), {"status": "published"})
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("assessments:criteria_list"))
    assert CriteriaSet.objects.count() == 4


@pytest.fixture
def officer():
    return make_cast()[Role.PROGRAMME_OFFICER]


@pytest.fixture
def draft(officer) -> CriteriaSet:
    base = load_sets()["iso9001-example"]
    province = officer.memberships.get().unit
    return criteria.begin_draft(province=province, based_on=base, by=officer)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_set_and_three(client, officer, django_assert_num_queries, count):
    base = load_sets()["iso9001-example"]
    province = officer.memberships.get().unit
    CriteriaSet.objects.exclude(pk=base.pk).delete()
    for number in range(count - 1):
        criteria.begin_set(province=province, title=f"Bộ {number}", standard=base.standard, scale="points", by=officer)
    client.force_login(officer)
    client.get(reverse("assessments:criteria_list"))

    with django_assert_num_queries(6):
        page = client.get(reverse("assessments:criteria_list"))

    assert len(page.context["sets"]) == count


def address(draft: CriteriaSet, form: str) -> str:
    if form == "criterion":
        return reverse("assessments:criterion_edit", args=[draft.pk, draft.criteria.get(code="1.2").pk])
    names = {"head": "criteria_edit", "new": "criterion_add", "policy": "criteria_policy"}
    return reverse(f"assessments:{names[form]}", args=[draft.pk])


ROW = {"code": "1.2", "title": "Đã gõ dở", "scoring": "yes_no", "max_score": "3", "weight": "1", "parent": "I"}
NO_ROWS = {
    f"{name}-{part}": value
    for name in ("grades", "knock_outs")
    for part, value in {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}.items()
}


@pytest.mark.parametrize(
    ("form", "typed", "broken", "kept"),
    [
        ("head", {"title": "Đã gõ dở", "note": "Ghi chú"}, {"title": "Đã gõ dở" + "x" * 200}, "Đã gõ dở"),
        ("criterion", ROW, ROW | {"max_score": "ba điểm"}, "Đã gõ dở"),
        ("new", ROW | {"code": "1.99"}, ROW | {"code": "1.99", "max_score": "ba điểm"}, "Đã gõ dở"),
        (
            "policy",
            NO_ROWS
            | {
                "not_applicable": "excluded",
                "mode": "half_up",
                "decimals": "2",
                "grade_on": "percent",
                "knocked_out": "unranked",
            }
            | {"bonus_cap": "7,25"},
            NO_ROWS | {"bonus_cap": "7,25", "decimals": "9"},
            "7,25",
        ),
    ],
)
def test_a_refused_form_keeps_what_was_typed(client, officer, draft, form, typed, broken, kept):
    client.force_login(officer)
    url = address(draft, form)

    invalid = client.post(url, broken | {"revision": draft.revision})
    stale = client.post(url, typed | {"revision": draft.revision + 5})

    assert (invalid.status_code, stale.status_code) == (422, 409)
    for page in (invalid, stale):
        assert kept in page.content.decode()
    assert f'name="revision" value="{draft.revision}"' in stale.content.decode()
    assert CriteriaSet.objects.get(pk=draft.pk).revision == draft.revision
    assert client.post(url, typed | {"revision": draft.revision}).status_code == 302
