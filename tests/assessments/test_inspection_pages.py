"""Pages and API of inspections: who reads what, what comes back where somebody was faster, how many queries."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from assessments.models import ChecklistItem, Finding, Inspection, Visit
from tests.factories.inspections import HELD, InspectionFactory, VisitFactory, held_visit
from tests.factories.units import UnitFactory, make_cast
from units.permissions import Role

pytestmark = pytest.mark.django_db
WRITTEN = ("Hồ sơ đánh giá nội bộ thiếu chữ ký", "Có mục tiêu chất lượng", "Kết luận kín")


@pytest.fixture
def cast():
    return make_cast()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def texts(client: Client, visit: Visit) -> str:
    pages = [reverse(f"assessments:{name}", args=[visit.pk]) for name in ("visit", "visit_findings", "visit_minutes")]
    pages += [
        reverse("assessments:inspection", args=[visit.inspection_id]),
        reverse("api:visit-list"),
        reverse("api:finding-list"),
        reverse("api:visit-detail", args=[visit.pk]),
    ]
    answers = [client.get(page) for page in pages]
    assert {answer.status_code for answer in answers} == {200}
    return "".join(answer.content.decode() for answer in answers)


def test_the_unit_reads_nothing_the_team_wrote_before_the_minutes_are_out(cast):
    visit = held_visit(cast, conclusion="Kết luận kín")
    head = signed_in(cast[Role.UNIT_HEAD])

    before = texts(head, visit)
    team = texts(signed_in(cast[Role.ASSESSOR]), visit)
    Visit.objects.filter(pk=visit.pk).update(state="minuted")
    after = texts(head, visit)

    assert [each in before for each in WRITTEN] == [False] * 3
    assert [each in team for each in WRITTEN] == [True] * 3
    assert [each in after for each in WRITTEN] == [True] * 3
    assert "not-yet" in before
    assert "not-yet" not in after


@pytest.mark.parametrize("person", ["sibling", "commune", "foreign", "stranger"])
def test_who_is_not_concerned_finds_nothing(cast, person):
    visit = held_visit(cast, state="signed", signed_on="2026-03-10", signed_by_unit="An", signed_by_team="Cường")
    client, finding = signed_in(cast[person]), visit.findings.get()

    answers = [
        client.get(reverse("assessments:visit", args=[visit.pk])),
        client.get(reverse("assessments:inspection", args=[visit.inspection_id])),
        client.get(reverse("api:finding-detail", args=[finding.pk])),
        client.get(reverse("reports:show", args=["inspection-minutes"]), {"visit": visit.pk}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_a_unit_sees_its_own_visit_among_others(cast):
    visit = held_visit(cast)
    VisitFactory(inspection=visit.inspection, unit=cast.b)

    page = signed_in(cast[Role.UNIT_OFFICER]).get(reverse("assessments:inspection", args=[visit.inspection_id]))

    assert [line.visit.unit for line in page.context["lines"]] == [cast.a]
    assert page.context["turnout"].visits == 1


def test_a_day_in_the_field_without_javascript(cast):
    by = cast[Role.ASSESSOR]
    client = signed_in(by)
    client.post(
        reverse("assessments:inspection_new"),
        {
            "unit": cast.province.pk,
            "title": "Kiểm tra",
            "year": 2026,
            "starts_on": "2026-03-09",
            "ends_on": "2026-03-27",
        },
    )
    inspection = Inspection.objects.get()
    team = {"team-TOTAL_FORMS": 2, "team-INITIAL_FORMS": 0, "version": 1, "team-0-place": "head", "team-0-user": by.pk}
    client.post(
        reverse("assessments:inspection_team", args=[inspection.pk]),
        team | {"team-1-place": "member", "team-1-name": "Dung", "team-1-office": "Sở Nội vụ"},
    )
    client.post(
        reverse("assessments:inspection_visits", args=[inspection.pk]),
        {"kinds": ["district"], "form": "on_site", "planned_on": "2026-03-10"},
    )
    visit = Visit.objects.get(unit=cast.a)
    at = {name: reverse(f"assessments:{name}", args=[visit.pk]) for name in ("visit_hold", "visit_questions")}
    at |= {name: reverse(f"assessments:{name}", args=[visit.pk]) for name in ("finding_new", "visit_minutes")}
    held = {"starts_at": "2026-03-10T08:00", "ends_at": "2026-03-10T11:00", "hosts": "An, Phó Chủ tịch"}

    client.post(at["visit_hold"], held | {"version": 1})
    client.post(at["visit_questions"], {"questions": "Có mục tiêu không?\n\nCó hồ sơ không?"})
    for item in visit.checklist.all():
        answer = {"result": "fails", "note": "Không thấy", "version": item.version}
        client.post(reverse("assessments:checklist_item", args=[visit.pk, item.pk]), answer)
    file = SimpleUploadedFile("anh.txt", "chứng cứ".encode())
    client.post(at["finding_new"], {"kind": "major", "text": "Thiếu hồ sơ", "due_on": "2026-05-01", "files": file})
    client.post(at["visit_minutes"], {"conclusion": "Chưa đạt", "requests": "Sửa", "version": 2, "draw_up": 1})
    sign = {"signed_by_team": "Người", "signed_by_unit": "An", "signed_on": "2026-03-10", "version": 3}
    signed = client.post(reverse("assessments:visit_sign", args=[visit.pk]), sign)
    finding = Finding.objects.get()
    url = reverse("assessments:finding_file", args=[finding.pk, finding.evidence.get().pk])

    assert [(each.name, each.place) for each in inspection.members.all()] == [(str(by), "head"), ("Dung", "member")]
    assert set(inspection.visits.values_list("unit", flat=True)) == {cast.a.pk, cast.b.pk}
    assert {each.result for each in visit.checklist.all()} == {"fails"}
    assert signed.status_code == 302
    visit.refresh_from_db()
    assert visit.state == "signed"
    file = signed_in(cast[Role.UNIT_HEAD]).get(url)
    assert file.getvalue().decode() == "chứng cứ"
    assert signed_in(cast["sibling"]).get(url).status_code == 404


def test_the_second_of_two_answers_comes_back_with_both_values(cast):
    visit = held_visit(cast)
    item = visit.checklist.get(order=1)
    ChecklistItem.objects.filter(pk=item.pk).update(result="partly", note="Người kia", version=2)
    url = reverse("assessments:checklist_item", args=[visit.pk, item.pk])

    answer = signed_in(cast[Role.ASSESSOR]).post(url, {"result": "fails", "note": "Của tôi", "version": 1})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Người kia" in page
    assert "Của tôi" in page
    assert 'name="version" value="2"' in page
    item.refresh_from_db()
    assert item.result == "partly"


def test_refused_minutes_keep_what_was_typed(cast):
    visit = held_visit(cast)
    url = reverse("assessments:visit_minutes", args=[visit.pk])
    client = signed_in(cast[Role.ASSESSOR])

    empty = client.post(url, {"conclusion": "", "requests": "Gõ rồi", "version": 1, "draw_up": 1})
    stale = client.post(url, {"conclusion": "Của tôi", "requests": "Gõ rồi", "version": 7})

    assert (empty.status_code, stale.status_code) == (422, 409)
    assert "Gõ rồi" in empty.content.decode()
    assert "Của tôi" in stale.content.decode()


def many_visits(cast, count: int) -> Visit:
    visit = held_visit(cast)
    for _place in range(count - 1):
        other = VisitFactory(inspection=visit.inspection, unit=UnitFactory(parent=cast.province), **HELD)
        for model in (ChecklistItem, Finding):
            extra = {"kind": "minor", "by": cast[Role.ASSESSOR]} if model is Finding else {}
            model.objects.create(visit=other, order=1, text="x", **extra)
            model.objects.create(visit=visit, order=9, text="x", **extra)
        InspectionFactory(unit=cast.province)
    return visit


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"), [("inspection_list", 7), ("inspection", 10), ("visit", 9), ("visit_findings", 9)]
)
def test_pages_ask_the_same_for_any_size(cast, django_assert_num_queries, name, queries, count):
    visit = many_visits(cast, count)
    args = {"inspection": [visit.inspection_id], "inspection_list": []}.get(name, [visit.pk])
    client = signed_in(cast[Role.ASSESSOR])

    with django_assert_num_queries(queries):
        answer = client.get(reverse(f"assessments:{name}", args=args))

    assert answer.status_code == 200
