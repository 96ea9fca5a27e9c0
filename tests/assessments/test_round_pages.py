"""The pages of rounds: preparing, units, dates, extensions, teams; what they show to whom, and what they cost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Assessment, Assignment, Extension, Round, Team
from assessments.services import teams as services
from tests.factories.assessments import load_sets
from tests.factories.rounds import assessors, opened, phases, prepared, sheet_of, team
from tests.factories.units import UnitFactory
from units.permissions import Role

pytestmark = pytest.mark.django_db
DATES = ("opens_at", "closes_at", "verify_opens_at", "verify_closes_at", "appeal_opens_at", "appeal_closes_at")


@pytest.fixture
def officer(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    return client


def url(name, *args):
    return reverse(f"assessments:{name}", args=args)


def dates_of(days) -> dict[str, str]:
    sent = {name: timezone.localtime(getattr(days, name)).strftime("%Y-%m-%dT%H:%M") for name in DATES}
    return sent | {"approve_by": days.approve_by.isoformat()}


def form_of(cast, **changed):
    values = {
        "unit": cast.province.pk,
        "criteria_set": load_sets()["iso9001-example"].pk,
        "title": "Đợt  đánh giá",
        "year": "2026",
        "occasion": "yearly",
        "group_department": "Sở, ban, ngành",
        "group_branch": "Sở, ban, ngành",
        "group_district": "Cấp huyện",
    }
    return values | dates_of(phases()) | changed


# -- Preparing -------------------------------------------------------------------------------------------------------
def test_a_round_is_prepared_given_its_units_and_opened(officer, cast):
    made = officer.post(url("round_new"), form_of(cast))

    round_ = Round.objects.get()
    assert made.url == url("round_units", round_.pk)
    assert (round_.state, round_.title, round_.closes_at) == ("preparing", "Đợt đánh giá", phases().closes_at)
    assert round_.groups == [
        {"code": "department", "title": "Sở, ban, ngành", "kinds": ["department", "branch"]},
        {"code": "district", "title": "Cấp huyện", "kinds": ["district"]},
    ]
    chosen = {"kinds": ["district", "department"], "as_of": timezone.localdate().isoformat()}
    shown = officer.get(url("round_units", round_.pk), chosen).content.decode()
    assert len(re.findall(r'name="leave"', shown)) == 3
    added = officer.post(url("round_units", round_.pk), chosen | {"leave": cast.b.pk}).content.decode()
    assert {sheet.unit for sheet in round_.assessments.all()} == {cast.a, cast.department}
    results = added[added.index('id="results"') : added.index('id="add"')]
    assert len(re.findall(r"<th scope=\"row\">", results)) == 3
    one = officer.post(url("round_units", round_.pk), {"unit": cast.b.pk})
    assert one.status_code == 200
    removed = officer.post(url("round_unit_remove", round_.pk, sheet_of(round_, cast.department).pk))
    assert removed.url == url("round_units", round_.pk)
    officer.post(url("round_open", round_.pk))
    round_.refresh_from_db()
    assert (round_.state, round_.assessments.count()) == ("running", 2)


def test_a_refused_round_keeps_what_was_typed(officer, cast):
    later = dates_of(phases())["opens_at"]

    response = officer.post(url("round_new"), form_of(cast, closes_at=later, title="Tên đang gõ"))

    body = response.content.decode()
    assert response.status_code == 422
    assert 'value="Tên đang gõ"' in body
    assert 'id="id_closes_at_error"' in body
    assert not Round.objects.exists()


def test_of_two_who_edit_a_round_the_second_sees_both(officer, cast):
    round_ = prepared(cast, title="Bản của người khác")
    Round.objects.update(version=2)
    sent = form_of(cast, title="Bản của tôi", version="1")
    del sent["unit"]

    response = officer.post(url("round_edit", round_.pk), sent)

    body = response.content.decode()
    assert response.status_code == 409
    assert "Bản của người khác" in body[body.index('id="stored"') :]
    assert 'value="Bản của tôi"' in body
    again = officer.post(url("round_edit", round_.pk), sent | {"version": "2"})
    assert (again.status_code, Round.objects.get().title) == (302, "Bản của tôi")


def test_of_two_who_move_dates_the_second_sees_both(officer, cast):
    round_ = opened(cast, cast.a)
    sent = dates_of(phases(closes_at=phases().closes_at + timedelta(hours=1))) | {"reason": "vì", "version": "1"}

    response = officer.post(url("round_dates", round_.pk), sent)

    body = response.content.decode()
    assert response.status_code == 409
    assert "17:00" in body[body.index('id="stored"') : body.index("</ul>", body.index('id="stored"'))]
    assert f'name="version" value="{round_.version}"' in body
    moved = officer.post(url("round_dates", round_.pk), sent | {"version": round_.version})
    assert moved.status_code == 302
    assert Round.objects.get().closes_at == phases().closes_at + timedelta(hours=1)


# -- More time, assessors --------------------------------------------------------------------------------------------
def test_several_units_get_more_time_at_once(officer, cast):
    now = timezone.now()
    round_ = opened(cast, cast.a, cast.b, cast.a1, phases=phases(now - timedelta(days=12)))
    late = officer.get(url("round_extend", round_.pk), {"late": "1"}).content.decode()
    assert len(re.findall(r'name="units"[^>]* checked', late)) == 3
    sent = {
        "units": [sheet_of(round_, cast.a).pk, sheet_of(round_, cast.b).pk],
        "phase": "self_score",
        "until": (timezone.localtime(now) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
        "reason": "",
    }

    refused = officer.post(url("round_extend", round_.pk), sent)
    assert refused.status_code == 422
    assert len(re.findall(r'name="units"[^>]* checked', refused.content.decode())) == 2
    officer.post(url("round_extend", round_.pk), sent | {"reason": "Bão"})

    assert {each.assessment.unit for each in Extension.objects.all()} == {cast.a, cast.b}


def test_an_extension_is_ended_from_the_page_that_gives_it(officer, cast):
    round_ = opened(cast, cast.a, cast.b, phases=phases(timezone.now() - timedelta(days=1)))
    given = Extension.objects.create(
        assessment=sheet_of(round_, cast.a),
        phase="self_score",
        until=round_.closes_at + timedelta(days=2),
        reason="Bão",
        by=cast[Role.PROGRAMME_OFFICER],
    )
    end = url("extension_end", given.pk)
    page = officer.get(url("round_extend", round_.pk)).content.decode()
    assert end in page
    assert "Tự chấm điểm</td>" in page
    assert "gia hạn Tự chấm điểm" in officer.get(url("round", round_.pk)).content.decode()

    assert officer.post(end, {"reason": " "}).status_code == 422
    assert officer.post(end, {"reason": "Nhầm đơn vị"}).status_code == 302
    again = officer.post(end, {"reason": "Nhầm đơn vị"})

    assert (again.status_code, again.context["form"].non_field_errors()) == (422, ["Việc gia hạn đã kết thúc."])
    assert end not in officer.get(url("round_extend", round_.pk)).content.decode()
    assert "gia hạn Tự chấm điểm" not in officer.get(url("round", round_.pk)).content.decode()


def test_teams_are_set_up_and_sheets_shared_as_the_preview_showed(officer, cast):
    round_ = opened(cast, cast.a, cast.b)
    one, two = assessors(cast, 2)
    given = {"title": "Tổ 1", "members": [one.pk, two.pk], "chair": one.pk}
    assert officer.post(url("round_teams", round_.pk), given | {"members": []}).status_code == 422
    assert officer.post(url("round_teams", round_.pk), given | {"members": [cast["foreign"].pk]}).status_code == 422
    officer.post(url("round_teams", round_.pk), given)
    shown = officer.get(url("round_teams", round_.pk)).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', shown)[1]

    stale = officer.post(url("round_assign", round_.pk), {"seen": "0" * 16})
    assert (stale.status_code, Assignment.objects.count()) == (409, 0)
    officer.post(url("round_assign", round_.pk), {"seen": seen})

    assert Assignment.objects.count() == 2
    sheet = sheet_of(round_, cast.a)
    held = sheet.assignments.get()
    other = two if held.assessor == one else one
    sent = {"place": 1, "expected": held.assessor_id, "assessor": other.pk}
    assert officer.post(url("sheet_assessors", sheet.pk), sent).status_code == 422
    assert officer.post(url("sheet_assessors", sheet.pk), sent | {"reason": "Nghỉ phép"}).status_code == 302
    assert sheet.assignments.get().assessor == other
    kept = officer.post(url("team", round_.pk, Team.objects.get().pk), {"title": "Tổ 1", "members": [one.pk]})
    assert kept.status_code == 422


# -- The round's page ------------------------------------------------------------------------------------------------
def test_the_page_counts_sheets_and_each_number_leads_to_its_list(officer, cast):
    round_ = opened(cast, cast.a, cast.b, cast.a1, phases=phases(timezone.now() - timedelta(days=12)))
    Assessment.objects.filter(unit=cast.b).update(state="submitted", scored=20)

    body = officer.get(url("round", round_.pk)).content.decode()

    grid = body[body.index('id="grid"') : body.index('id="units"')]
    links = dict(re.findall(r'<a href="\?([^"#]+)#units">(\d+)</a>', grid))
    assert links == {
        "state=scoring&amp;kind=district": "1",
        "state=scoring&amp;kind=commune": "1",
        "state=scoring": "2",
        "state=submitted&amp;kind=district": "1",
        "state=submitted": "1",
        "kind=district": "2",
        "kind=commune": "1",
    }
    for query, count in links.items():
        listed = officer.get(f"{url('round', round_.pk)}?{query.replace('&amp;', '&')}").content.decode()
        listed = listed[listed.index('id="units"') :]
        assert len(re.findall(r'<th scope="row">', listed)) == int(count)
    late = officer.get(url("round", round_.pk), {"late": "1"}).content.decode()
    assert len(re.findall(r'<th scope="row">', late[late.index('id="units"') :])) == 2
    assert f"{reverse('chasing_new')}?round={round_.pk}" in body


@pytest.mark.parametrize("person", [Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.OBSERVER])
def test_a_unit_sees_the_dates_and_its_own_sheet_alone(client, cast, person):
    round_ = opened(cast, cast.a, cast.b)
    team(cast, round_, [cast[Role.ASSESSOR]])
    services.assign_evenly(round=round_, by=cast[Role.PROGRAMME_OFFICER])
    Assessment.objects.update(verified_scored=7, verified_total="61.25")
    client.force_login(cast[person])

    body = client.get(url("round", round_.pk)).content.decode()

    assert url("sheet", sheet_of(round_, cast.a).pk) in body
    assert 'id="phases"' in body
    for hidden in (cast.b.name, url("sheet", sheet_of(round_, cast.b).pk), cast[Role.ASSESSOR].full_name, "61,25"):
        assert hidden not in body
    assert 'id="grid"' not in body


def test_a_round_that_is_prepared_is_not_found_by_units(client, cast):
    round_ = prepared(cast, cast.a)
    client.force_login(cast[Role.UNIT_HEAD])

    assert client.get(url("round", round_.pk)).status_code == 404
    assert url("round", round_.pk) not in client.get(url("round_list")).content.decode()


@pytest.mark.parametrize("name", ["round", "round_teams", "round_units", "round_extend"])
def test_what_people_write_is_shown_as_text(officer, cast, name):
    script = '"><script>alert(1)</script>{{7*7}}'
    round_ = opened(cast, cast.a, title=script)
    cast.a.name = script
    cast.a.save()
    one = cast[Role.ASSESSOR]
    one.full_name = script
    one.save()
    team(cast, round_, [one], title=script)
    services.assign_evenly(round=round_, by=cast[Role.PROGRAMME_OFFICER])

    page = officer.get(url(name, round_.pk))

    assert page.status_code == 200
    assert b"<script>alert" not in page.content
    assert b"{{7*7}}" in page.content


COSTS = {"round_list": 7, "round": 13, "round_units": 9, "round_extend": 9, "round_teams": 16}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", COSTS)
def test_the_pages_cost_the_same_for_one_row_and_three(officer, cast, django_assert_num_queries, name, count):
    units = [UnitFactory(parent=cast.province) for _each in range(count)]
    round_ = opened(cast, *units, second_assessor=True)
    people = assessors(cast, 2)
    team(cast, round_, people)
    services.assign_evenly(round=round_, by=cast[Role.PROGRAMME_OFFICER])
    for n in range(count - 1):
        opened(cast, units[0], year=2030 + n)
    args = [] if name == "round_list" else [round_.pk]

    with django_assert_num_queries(COSTS[name]):
        officer.get(url(name, *args))
