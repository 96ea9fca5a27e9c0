"""The pages: who sees and does what, with htmx and without, what a refused row looks like, what a page costs."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from activity.models import AuditEvent
from assessments.models import Assessment, Criterion, Score
from tests.factories.assessments import AssessmentFactory, RoundFactory
from units.permissions import Role

HTMX = {"HTTP_HX_REQUEST": "true"}
SEES = {
    Role.ADMINISTRATOR,
    Role.PROGRAMME_OFFICER,
    Role.ASSESSOR,
    Role.LEADER,
    Role.UNIT_HEAD,
    Role.UNIT_OFFICER,
    Role.OBSERVER,
}
SCORES = {Role.UNIT_HEAD, Role.UNIT_OFFICER}
PEOPLE = [*Role, "sibling", "commune", "foreign", "stranger"]


def row_url(sheets, code: str, sheet: Assessment | None = None) -> str:
    sheet = sheet or sheets.points
    return reverse("assessments:score", args=[sheet.pk, sheets.criterion(code, sheet).pk])


def sheet_url(sheet: Assessment) -> str:
    return reverse("assessments:sheet", args=[sheet.pk])


@pytest.fixture
def officer(client, sheets):
    client.force_login(sheets.officer)
    return client


# -- Who -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("person", PEOPLE)
def test_who_sees_and_saves_a_sheet(client, sheets, person):
    client.force_login(sheets.cast[person])

    shown = client.get(sheet_url(sheets.points))
    saved = client.post(row_url(sheets, "1.2"), {"value": "true", "version": 0})

    assert shown.status_code == (200 if person in SEES else 404)
    assert saved.status_code == (302 if person in SCORES else 403 if person in SEES else 404)
    assert Score.objects.exists() is (person in SCORES)
    if person in SEES:
        assert (b'data-row="' in shown.content) is (person in SCORES)
        assert (b"<textarea" in shown.content) is (person in SCORES)


@pytest.mark.parametrize("person", PEOPLE)
def test_the_list_and_the_round_show_only_sheets_within_reach(client, sheets, person):
    AssessmentFactory(round=sheets.round, unit=sheets.cast.b)
    client.force_login(sheets.cast[person])

    listed = client.get(reverse("assessments:list"))
    held = client.get(reverse("assessments:round", args=[sheets.round.pk]))

    sees_all = person in SEES - {Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.OBSERVER}
    for page in (listed, held):
        if page.status_code == 404:
            assert person in {Role.FINANCE, "commune", "foreign", "stranger"}
            continue
        assert (sheet_url(sheets.points).encode() in page.content) is (person in SEES)
        assert ("UBND huyện B".encode() in page.content) is (sees_all or person == "sibling")
    assert listed.status_code == 200


@pytest.mark.parametrize(
    ("person", "status"), [(Role.OBSERVER, 200), (Role.LEADER, 200), (Role.FINANCE, 404), ("stranger", 404)]
)
def test_criteria_sets_are_for_those_who_see_sheets(client, sheets, person, status):
    client.force_login(sheets.cast[person])
    criteria_set = sheets.sets["iso9001-example"]

    assert client.get(reverse("assessments:criteria", args=[criteria_set.pk])).status_code == status
    listed = client.get(reverse("assessments:criteria_list"))
    assert listed.status_code == 200
    assert (criteria_set.title.encode() in listed.content) is (status == 200)


def test_a_draft_is_for_those_who_hold_rounds(client, sheets):
    criteria_set = sheets.sets["iso9001-example"]
    criteria_set.status = "draft"
    criteria_set.save()
    url = reverse("assessments:criteria", args=[criteria_set.pk])

    client.force_login(sheets.officer)
    assert client.get(url).status_code == 404
    client.force_login(sheets.cast[Role.PROGRAMME_OFFICER])
    assert client.get(url).status_code == 200


def test_a_criterion_of_another_set_is_not_found(officer, sheets):
    foreign = sheets.criterion("1.10", sheets.lights)
    group = sheets.criterion("I")

    for criterion in (foreign, group):
        url = reverse("assessments:score", args=[sheets.points.pk, criterion.pk])
        assert officer.post(url, {"version": 0}).status_code == 404


# -- Saving ----------------------------------------------------------------------------------------------------------
def test_a_save_without_htmx_leads_back_to_the_row(officer, sheets):
    response = officer.post(row_url(sheets, "2.1"), {"done": "109", "of": "118", "version": 0, "explanation": "đủ"})

    assert response.status_code == 302
    assert response.url == f"{sheet_url(sheets.points)}#c{sheets.criterion('2.1').pk}"
    assert Score.objects.get().points == Decimal("7.39")
    assert AuditEvent.objects.get(action="assessments.score_saved").channel == "page"


def test_a_save_by_htmx_answers_with_what_follows_and_never_with_a_field(officer, sheets):
    pk = sheets.criterion("2.1").pk

    body = officer.post(row_url(sheets, "2.1"), {"done": "109", "of": "118", "version": 0}, **HTMX).content.decode()

    replaced = set(re.findall(r'id="([^"]+)"[^>]* hx-swap-oob="true"', body))
    of_the_row = {f"{part}{pk}" for part in "mepksx"}
    assert replaced == of_the_row | {"g-II", "sheet-total", "maths", "sum-figures", "sum-next"}
    assert "7,39" in body
    assert 'name="version" value="1"' in body
    assert 'name="done"' not in body
    assert "<textarea" not in body
    # A cell stands alone in its template: a browser drops it beside anything else.
    assert body.count("<template>") == len(replaced)


@pytest.mark.parametrize("text", ["97,5", "97.5"])
def test_both_decimal_signs_are_read(officer, sheets, text):
    officer.post(row_url(sheets, "3.2"), {"percent": text, "version": 0})

    assert Score.objects.get().answer == {"percent": "97.5"}
    assert 'value="97,5"' in officer.get(sheet_url(sheets.points)).content.decode()


@pytest.mark.parametrize(
    ("code", "sent", "answer"),
    [
        ("1.1", {"days_late": "12"}, {"days_late": 12}),
        ("1.1", {"never": "1"}, {"never": True}),
        ("1.2", {"value": "false"}, {"value": False}),
        ("1.3", {"level": "1"}, {"level": 1}),
        ("2.3", {"count": "4"}, {"count": 4}),
        ("4.2", {"items": ["0", "2"]}, {"items": [0, 2]}),
        ("4.2", {"no_items": "1"}, {"items": []}),
        ("6.1", {"none": "1"}, {"none": True}),
        ("6.1", {"done": "", "of": " ", "none": ""}, {}),
    ],
)
def test_what_each_kind_of_row_sends(officer, sheets, code, sent, answer):
    response = officer.post(row_url(sheets, code), sent | {"version": 0, "explanation": "x"})

    assert response.status_code == 302
    assert Score.objects.get().answer == answer


def test_a_light_is_cleared_by_its_button_and_the_row_comes_whole(officer, sheets):
    url = row_url(sheets, "1.1", sheets.lights)
    officer.post(url, {"light": "green", "version": 0}, **HTMX)

    body = officer.post(url, {"light": "green", "version": 1, "clear": "1"}, **HTMX).content.decode()

    assert Score.objects.get().light == ""
    assert 'name="light"' in body
    assert " checked" not in body


# -- Refusals --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_refused_answer_shows_its_error_and_keeps_what_was_typed(officer, sheets, headers):
    pk = sheets.criterion("2.1").pk

    response = officer.post(
        row_url(sheets, "2.1"), {"done": "9,5x", "of": "118", "version": 0, "explanation": "đang gõ"}, **headers
    )

    body = response.content.decode()
    assert response.status_code == 422
    assert re.search(rf'id="e{pk}"[^>]*role="alert"', body)
    assert len(re.findall(r'id="e\d+"[^>]*role="alert"', body)) == 1
    if not headers:
        assert 'value="9,5x"' in body
        assert "đang gõ</textarea>" in body
        assert body.count("is-invalid") == 2
    assert not Score.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize("version", ["", "x", "-1"])
def test_a_row_without_its_version_is_refused(officer, sheets, headers, version):
    response = officer.post(row_url(sheets, "1.2"), {"value": "true", "version": version}, **headers)

    assert response.status_code == 422
    assert not Score.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_conflict_shows_both_values_and_who_wrote_the_other(officer, sheets, headers):
    head = sheets.cast[Role.UNIT_HEAD]
    sheets.save("2.1", {"done": 100, "of": 118}, by=head, explanation="của thủ trưởng")

    response = officer.post(
        row_url(sheets, "2.1"), {"done": "109", "of": "118", "version": 0, "explanation": "của tôi"}, **headers
    )

    body = response.content.decode()
    conflict = body[body.index(f'id="x{sheets.criterion("2.1").pk}"') :]
    assert response.status_code == 409
    for expected in (head.full_name, "100/118", "6,78", "của thủ trưởng", "109/118", "7,39", "của tôi"):
        assert expected in conflict
    assert 'name="overwrite" value="1"' in conflict
    assert Score.objects.get().points == Decimal("6.78")
    if not headers:
        assert 'value="109"' in body


def test_a_person_who_saw_the_other_value_may_replace_it(officer, sheets):
    sheets.save("2.1", {"done": 100, "of": 118}, by=sheets.cast[Role.UNIT_HEAD])

    response = officer.post(row_url(sheets, "2.1"), {"done": "109", "of": "118", "version": 0, "overwrite": 1}, **HTMX)

    assert response.status_code == 200
    assert (Score.objects.get().points, Score.objects.get().version) == (Decimal("7.39"), 2)


def test_the_stored_row_can_be_read_again(officer, sheets):
    sheets.save("2.1", {"done": 100, "of": 118})

    row = officer.get(row_url(sheets, "2.1"), **HTMX).content.decode()

    assert 'value="100"' in row
    assert 'name="version" value="1"' in row
    assert officer.get(row_url(sheets, "2.1")).status_code == 302


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_closed_round_takes_nothing_and_its_sheet_is_for_reading(officer, sheets, headers):
    sheets.round.closes_at = timezone.now() - timedelta(minutes=1)
    sheets.round.save()

    response = officer.post(row_url(sheets, "1.2"), {"value": "true", "version": 0}, **headers)

    assert response.status_code == 422
    assert not Score.objects.exists()
    assert b'data-row="' not in officer.get(sheet_url(sheets.points)).content


def test_what_people_write_is_shown_as_text(officer, sheets):
    script = '"><script>alert(1)</script>{{7*7}}'
    sheets.cast.a.name = script
    sheets.cast.a.save()
    sheets.officer.full_name = script
    sheets.officer.save()
    sheets.round.title = script
    sheets.round.save()
    sheets.save("1.2", {"value": True}, explanation=script)
    Criterion.objects.filter(code="1.4").update(title=script, rule=script, evidence=script)

    pages = [
        officer.get(sheet_url(sheets.points)),
        officer.get(reverse("assessments:list")),
        officer.get(reverse("assessments:round", args=[sheets.round.pk])),
        officer.get(reverse("assessments:criteria", args=[sheets.sets["iso9001-example"].pk])),
        officer.post(row_url(sheets, "1.2"), {"value": "false", "version": 0, "explanation": script}, **HTMX),
        officer.post(row_url(sheets, "2.1"), {"done": script, "of": script, "version": 0}),
    ]

    assert [page.status_code for page in pages] == [200, 200, 200, 200, 409, 422]
    for page in pages:
        assert b"<script>alert" not in page.content
        assert b"{{7*7}}" in page.content


# -- Content ---------------------------------------------------------------------------------------------------------
def test_every_total_opens_into_its_arithmetic(officer, sheets):
    sheets.save("1.1", {"days_late": 0})
    sheets.save("1.3", {"level": 1})
    sheets.save("2.1", {"done": 109, "of": 118})

    body = officer.get(sheet_url(sheets.points)).content.decode()

    maths = body[body.index('id="maths"') :]
    assert "4,00 + 1,50" in maths
    assert "<output>12,89</output>" in maths
    assert "109/118 = 92,37" in body


def test_the_quadrants_count_their_lights(officer, sheets):
    for code, light in (("1.1", "green"), ("1.2", "red"), ("2.8", "yellow")):
        sheets.save(code, {"light": light}, sheet=sheets.lights)

    body = officer.get(sheet_url(sheets.lights)).content.decode()

    foot = body[body.index('id="quadrants"') :].split("<tfoot>")[1].split("</tfoot>")[0]
    assert re.findall(r">(\d+)<", foot) == ["1", "1", "1", "36", "39"]
    assert body.count('name="light"') == 39 * 3


@pytest.mark.parametrize("wanted", ["round", "year", "standard", "unit"])
def test_the_list_is_narrowed(client, sheets, wanted):
    other = AssessmentFactory(round=RoundFactory(unit=sheets.cast.province, year=1999), unit=sheets.cast.b)
    value = {
        "round": other.round_id,
        "year": 1999,
        "standard": sheets.lights.round.criteria_set.standard_id,
        "unit": sheets.cast.b.pk,
    }[wanted]
    client.force_login(sheets.cast[Role.LEADER])

    body = client.get(reverse("assessments:list"), {wanted: value}).content.decode()

    shown = {
        pk for pk in Assessment.objects.values_list("pk", flat=True) if reverse("assessments:sheet", args=[pk]) in body
    }
    assert shown == {sheets.lights.pk if wanted == "standard" else other.pk}


def test_a_filter_names_no_unit_out_of_reach(client, sheets):
    AssessmentFactory(round=sheets.round, unit=sheets.cast.b)
    client.force_login(sheets.officer)

    body = client.get(reverse("assessments:list"), {"unit": sheets.cast.b.pk}).content.decode()

    assert "UBND huyện B" not in body


# -- Cost ------------------------------------------------------------------------------------------------------------
LIST_QUERIES, SHEET_QUERIES, CRITERIA_SETS_QUERIES, CRITERIA_QUERIES = 9, 8, 5, 7


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_one_sheet_and_three(client, sheets, django_assert_num_queries, count):
    Assessment.objects.exclude(pk=sheets.points.pk).delete()
    for unit in [sheets.cast.b, sheets.cast.a1][: count - 1]:
        AssessmentFactory(round=sheets.round, unit=unit)
    client.force_login(sheets.cast[Role.LEADER])

    with django_assert_num_queries(LIST_QUERIES):
        assert client.get(reverse("assessments:list")).content.count(b'data-label="') >= count


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_sheet_costs_the_same_however_much_is_scored(officer, sheets, django_assert_num_queries, count):
    for code in ["1.2", "1.4", "4.1"][:count]:
        sheets.save(code, {"value": True})
    for sheet in (sheets.points, sheets.lights):  # whose rules are known from now on
        officer.get(sheet_url(sheet))

    with django_assert_num_queries(SHEET_QUERIES):
        officer.get(sheet_url(sheets.points))
    with django_assert_num_queries(SHEET_QUERIES):
        officer.get(sheet_url(sheets.lights))


@pytest.mark.parametrize("count", [1, 3])
def test_criteria_sets_cost_the_same_for_one_and_three(client, sheets, django_assert_num_queries, count):
    example = sheets.sets["iso9001-example"]
    type(example).objects.exclude(pk=example.pk).exclude(rounds__isnull=False).delete()
    for version in range(2, count + 1):
        type(example).objects.create(
            slug="iso9001-example", version=version, title="bản sau", standard=example.standard,
            scale="points", status="published",
        )  # fmt: skip
    client.force_login(sheets.cast[Role.LEADER])

    with django_assert_num_queries(CRITERIA_SETS_QUERIES):
        client.get(reverse("assessments:criteria_list"))
    with django_assert_num_queries(CRITERIA_QUERIES):
        client.get(reverse("assessments:criteria", args=[example.pk]))
