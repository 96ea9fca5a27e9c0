"""The pages of criteria sets cost the same for one row and for many."""

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
