"""What hangs on a row of a sheet: files, words, the province's entries, overridden lights; two tabs at random."""

from __future__ import annotations

import random

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from activity.models import AuditEvent, Notification
from activity.services import record
from assessments import services
from assessments.contexts.result import assessment_result
from assessments.models import Assessment, Assignment, CriteriaSet, Criterion, CriterionComment, Score, Team
from assessments.services.comments import CommentEmpty, comment
from assessments.services.evidence import ForeignFile, attach_evidence, detach_evidence
from assessments.services.rows import ReasonOwed, put_row
from assessments.services.scores import EnteredByOthers, enter_score
from plans.services.evidence import keep_evidence
from tests.factories.assessments import AssessmentFactory, RoundFactory
from units.permissions import Role

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def file(sheets, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return keep_evidence(unit=sheets.cast.a, file=ContentFile("Danh sách".encode(), name="ds.txt"), by=sheets.officer)


def attach(sheets, file, *, version: int = 0, code: str = "1.2", by=None) -> Score:
    return attach_evidence(
        assessment=sheets.points,
        criterion=sheets.criterion(code),
        files=[file],
        expected_version=version,
        by=by or sheets.officer,
    )


# -- Evidence ---------------------------------------------------------------------------------------------------------
def test_a_file_comes_before_or_after_the_score_and_counts_as_a_change_of_the_row(sheets, file):
    first = attach(sheets, file)

    assert (first.version, list(first.evidence.all())) == (2, [file])
    assert AuditEvent.objects.get(action="assessments.evidence_attached").changes == {
        "criterion": "1.2",
        "files": ["ds.txt"],
    }
    assert attach(sheets, file, version=2).version == 2
    with pytest.raises(services.StaleScore):
        sheets.save("1.2", {"value": True}, version=1)
    saved = sheets.save("1.2", {"value": True}, version=2)

    gone = detach_evidence(
        assessment=sheets.points,
        criterion=sheets.criterion("1.2"),
        file=file,
        expected_version=saved.version,
        by=sheets.officer,
    )

    assert (gone.version, gone.evidence.count()) == (4, 0)
    assert Score.objects.get(pk=gone.pk).points == 3


def test_foreign_and_withdrawn_files_and_stale_rows_are_refused(sheets, file):
    file.unit = sheets.cast.b
    file.save()
    with pytest.raises(ForeignFile):
        attach(sheets, file)

    file.unit = sheets.cast.a
    file.save()
    sheets.save("1.2", {"value": True})
    with pytest.raises(services.StaleScore):
        attach(sheets, file)
    with pytest.raises(PermissionDenied):
        attach(sheets, file, version=1, by=sheets.cast[Role.ASSESSOR])
    assert not Score.evidence.through.objects.exists()


def test_evidence_on_the_page_with_htmx_and_without(client, sheets, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(sheets.officer)
    url = reverse("assessments:evidence", args=[sheets.points.pk, sheets.criterion("1.2").pk])

    plain = client.post(url, {"version": 0, "files": SimpleUploadedFile("a.txt", "một".encode())})
    inside = client.post(url, {"version": 2, "files": SimpleUploadedFile("b.txt", b"hai")}, **HTMX)
    stale = client.post(url, {"version": 1, "files": SimpleUploadedFile("c.txt", b"ba")})
    nothing = client.post(url, {"version": 3})

    assert [plain.status_code, inside.status_code, stale.status_code, nothing.status_code] == [302, 200, 409, 422]
    assert f'id="k{sheets.criterion("1.2").pk}" hx-swap-oob="true"' in inside.content.decode()
    score = Score.objects.get()
    assert sorted(score.evidence.values_list("name", flat=True)) == ["a.txt", "b.txt"]
    listed = client.get(reverse("assessments:sheet", args=[sheets.points.pk]), {"tab": "evidence"}).content.decode()
    assert "a.txt" in listed
    remove = reverse(
        "assessments:evidence_remove", args=[sheets.points.pk, score.criterion_id, score.evidence.first().pk]
    )
    assert client.post(remove, {"version": 3}).status_code == 302
    assert Score.objects.get().evidence.count() == 1


def test_who_claims_without_showing_is_marked(sheets, file):
    Criterion.objects.filter(code="1.2").update(evidence_required=True)
    sheets.save("1.2", {"value": True})

    def unproven() -> list[str]:
        sheet = Assessment.objects.with_sheet_head().get(pk=sheets.points.pk)
        return [line.code for line in assessment_result(sheet).unproven]

    assert unproven() == ["1.2"]
    attach(sheets, file, version=1)
    assert unproven() == []


# -- Comments ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("person", "told"),
    [
        (Role.UNIT_OFFICER, {Role.ASSESSOR}),
        (Role.UNIT_HEAD, {Role.ASSESSOR}),
        (Role.ASSESSOR, {Role.UNIT_HEAD, Role.UNIT_OFFICER}),
        (Role.PROGRAMME_OFFICER, {Role.UNIT_HEAD, Role.UNIT_OFFICER}),
        (Role.OBSERVER, None),
        (Role.LEADER, None),
        ("sibling", None),
    ],
)
def test_who_says_something_and_who_is_told(client, sheets, person, told):
    team = Team.objects.create(round=sheets.round, title="Tổ 1")
    assessor = sheets.cast[Role.ASSESSOR]
    Assignment.objects.create(assessment=sheets.points, assessor=assessor, team=team, by=assessor)
    url = reverse("assessments:comments", args=[sheets.points.pk, sheets.criterion("1.2").pk])
    client.force_login(sheets.cast[person])

    response = client.post(url, {"text": "Cần bản dấu đỏ không?"})

    if told is None:
        assert response.status_code == (404 if person == "sibling" else 403)
        assert not CriterionComment.objects.exists()
        return
    assert response.status_code == 302
    assert set(Notification.objects.values_list("to", flat=True)) == {sheets.cast[each].pk for each in told}
    assert "Cần bản dấu đỏ không?" in client.get(url).content.decode()
    assert client.post(url, {"text": " "}).status_code == 422


def test_a_settled_sheet_and_an_empty_word_take_no_comment(sheets):
    given = {"assessment": sheets.points, "criterion": sheets.criterion("1.2"), "by": sheets.officer}
    with pytest.raises(CommentEmpty):
        comment(text=" \n", **given)
    Assessment.objects.filter(pk=sheets.points.pk).update(state="approved", digest="x")
    with pytest.raises(services.WrongState):
        comment(text="muộn", **given)


# -- Rows of the province and the system, roll-ups, what does not apply -----------------------------------------------
def test_only_who_manages_the_round_enters_the_rows_of_the_province(sheets):
    Criterion.objects.filter(code="1.2").update(scored_by="province")
    given = {
        "assessment": sheets.points,
        "criterion": sheets.criterion("1.2"),
        "answer": {"value": True},
        "explanation": "",
        "expected_version": 0,
    }

    for person in (Role.UNIT_OFFICER, Role.ASSESSOR, Role.ADMINISTRATOR, Role.LEADER):
        with pytest.raises(PermissionDenied):
            enter_score(**given, by=sheets.cast[person])
    with pytest.raises(EnteredByOthers):
        sheets.save("1.2", {"value": True})
    with pytest.raises(EnteredByOthers):
        enter_score(**given | {"criterion": sheets.criterion("1.4")}, by=sheets.cast[Role.PROGRAMME_OFFICER])
    assert enter_score(**given, by=sheets.cast[Role.PROGRAMME_OFFICER]).points == 3
    assert AuditEvent.objects.filter(action="assessments.province_score_entered").count() == 1
    with pytest.raises(EnteredByOthers):
        sheets.save("7.2", {"days_late": 0})
    Assessment.objects.filter(pk=sheets.points.pk).update(state="preliminary")
    with pytest.raises(services.WrongState):
        enter_score(**given | {"expected_version": 1}, by=sheets.cast[Role.PROGRAMME_OFFICER])


def test_the_officer_has_fields_in_the_rows_of_the_province_only(client, sheets):
    Criterion.objects.filter(code="1.2").update(scored_by="province")
    own = f'data-row="{sheets.criterion("1.2").pk}"'
    url = reverse("assessments:sheet", args=[sheets.points.pk])

    client.force_login(sheets.cast[Role.PROGRAMME_OFFICER])
    province = client.get(url).content.decode()
    client.force_login(sheets.officer)
    unit = client.get(url).content.decode()

    assert province.count("data-row=") == 1
    assert own in province
    assert own not in unit
    assert unit.count("data-row=") == 21


def test_the_worst_light_shows_and_another_takes_a_reason(client, sheets):
    indicator = sheets.criterion("1.1", sheets.lights)
    Criterion.objects.filter(pk=indicator.pk).update(scoring="roll_up")
    for place, code in enumerate(("1.1.a", "1.1.b")):
        Criterion.objects.create(
            criteria_set_id=indicator.criteria_set_id,
            parent=indicator,
            order=500 + place,
            code=code,
            title=code,
            scoring="rag",
        )
    sheets.save("1.1.a", {"light": "green"}, sheet=sheets.lights)
    sheets.save("1.1.b", {"light": "yellow"}, sheet=sheets.lights)
    sheet = Assessment.objects.with_sheet_head().get(pk=sheets.lights.pk)

    [line] = [line for line in assessment_result(sheet).lines if line.code == "1.1"]

    assert (line.self_.light, line.self_.derived, [part.code for part in line.parts]) == (
        "yellow",
        True,
        ["1.1.a", "1.1.b"],
    )
    assert (sheet.scored, sheet.yellow, sheet.of) == (1, 1, 39)
    with pytest.raises(ReasonOwed):
        sheets.save("1.1", {"light": "green"}, sheet=sheets.lights)
    sheets.save("1.1", {"light": "green"}, sheet=sheets.lights, explanation="đã khắc phục")
    assert Assessment.objects.get(pk=sheet.pk).green == 1
    client.force_login(sheets.officer)
    body = client.get(reverse("assessments:sheet", args=[sheet.pk])).content.decode()
    assert body.count('class="line collapse show is-part"') == 2
    assert list(services.totals_apart()) == []


def test_what_does_not_apply_to_the_kind_of_unit_is_left_out(sheets):
    Criterion.objects.filter(code="1.2").update(applies_to=["commune"])
    sheet = Assessment.objects.with_sheet_head().get(pk=sheets.points.pk)

    result = assessment_result(sheet)

    assert "1.2" not in [line.code for line in result.lines]
    assert result.of == 22
    with pytest.raises(services.NotInThisSheet):
        sheets.save("1.2", {"value": True})


def test_last_years_answer_is_shown_and_not_saved(client, sheets):
    earlier = RoundFactory(
        unit=sheets.cast.province, criteria_set=sheets.sets["iso9001-example"], year=sheets.round.year - 1
    )
    before = AssessmentFactory(round=earlier, unit=sheets.cast.a)
    sheets.save("2.1", {"done": 109, "of": 118}, sheet=before)
    client.force_login(sheets.officer)
    url = reverse("assessments:sheet", args=[sheets.points.pk])

    body = client.get(url).content.decode()

    assert body.count("data-suggestion=") == 1
    assert "109/118" in body
    assert not sheets.points.scores.exists()
    sheets.save("2.1", {"done": 1, "of": 2})
    assert "data-suggestion=" not in client.get(url).content.decode()


# -- Two tabs (B-1) ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", [1, 2])
def test_two_tabs_at_random_what_is_acknowledged_is_stored(sheets, seed):
    """Each tab knows the versions it last saw; a save is acknowledged or refused, and the model follows only what was
    acknowledged. At the end model and database agree, and so do the totals."""
    chance = random.Random(seed)
    codes = ["1.2", "1.4", "2.1", "2.4"]
    people = [sheets.officer, sheets.cast[Role.UNIT_HEAD]]
    seen = [dict.fromkeys(codes, 0), dict.fromkeys(codes, 0)]
    model: dict[str, tuple[dict, str, int]] = {code: ({}, "", 0) for code in codes}
    told: list[tuple] = []
    expected: list[tuple] = []

    for step in range(150):
        tab, code = chance.randrange(2), chance.choice(codes)
        if chance.random() < 0.25:
            seen[tab][code] = model[code][2]
            continue
        yes_no = code.startswith("1")
        answer = {"value": chance.random() < 0.5} if yes_no else {"done": chance.randrange(10), "of": 10}
        answer = {} if chance.random() < 0.1 else answer
        why = chance.choice(["", "a", str(step)])
        try:
            score = sheets.save(code, answer, version=seen[tab][code], by=people[tab], explanation=why)
        except services.StaleScore as stale:
            told.append((stale.stored.version, dict(stale.stored.result.answer)))
            expected.append((model[code][2], model[code][0]))
            continue
        if (answer, why) != model[code][:2] or model[code][2] == 0:
            assert seen[tab][code] == model[code][2]
        model[code] = (answer, why, score.version)
        seen[tab][code] = score.version

    stored = {
        s.criterion.code: (s.answer, s.explanation, s.version) for s in sheets.points.scores.select_related("criterion")
    }
    assert stored == {code: said for code, said in model.items() if said[2]}
    assert told == expected
    assert len(told) > 10
    assert list(services.totals_apart()) == []


# -- Cost -------------------------------------------------------------------------------------------------------------
def test_a_hundred_and_twenty_items_cost_what_three_do(client, sheets, django_assert_max_num_queries):
    group = sheets.criterion("I")
    for place in range(100):
        Criterion.objects.create(
            criteria_set_id=group.criteria_set_id,
            parent=group,
            order=600 + place,
            code=f"9.{place}",
            title="Thêm",
            scoring="yes_no",
            max_score=1,
        )
    client.force_login(sheets.officer)

    with django_assert_max_num_queries(SHEET_QUERIES):
        body = client.get(reverse("assessments:sheet", args=[sheets.points.pk])).content

    assert body.count(b"data-row=") == 122


SHEET_QUERIES = 10


# -- History ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", ["verifying", "preliminary"])
def test_the_history_keeps_the_secret_of_the_assessors(client, sheets, state):
    sheets.save("1.2", {"value": True})
    score = Score.objects.create(
        assessment=sheets.points,
        criterion=sheets.criterion("1.2"),
        stage="verified",
        answer={"value": False},
        points=0,
        by=sheets.cast[Role.ASSESSOR],
    )
    record(
        by=sheets.cast[Role.ASSESSOR],
        action="assessments.score_verified",
        target=score,
        changes={"criterion": "1.2"},
        reason="CANARY-why",
        unit_path=sheets.cast.a.path,
    )
    Assessment.objects.filter(pk=sheets.points.pk).update(state=state)
    url = reverse("assessments:sheet", args=[sheets.points.pk]) + "?tab=history"

    client.force_login(sheets.officer)
    unit = client.get(url).content.decode()
    client.force_login(sheets.cast[Role.ASSESSOR])
    assessor = client.get(url).content.decode()

    assert "1.2: 3,00" in unit
    assert ("CANARY-why" in unit) is (state == "preliminary")
    assert "CANARY-why" in assessor


@pytest.mark.parametrize("stage", Score.Stage.values)
def test_a_light_set_by_hand_owes_its_reason_at_every_stage(sheets, stage):
    indicator = sheets.criterion("1.1", sheets.lights)
    Criterion.objects.filter(pk=indicator.pk).update(scoring="roll_up", skippable=True)
    CriteriaSet.objects.filter(pk=indicator.criteria_set_id).update(policy={"not_applicable": "excluded"})
    indicator = sheets.criterion("1.1", sheets.lights)
    sheet = Assessment.objects.with_sheet_head().get(pk=sheets.lights.pk)

    def put(answer: dict, reason: str, version: int = 0) -> Score:
        with transaction.atomic():
            return put_row(
                assessment=sheet,
                criterion=indicator,
                stage=Score.Stage(stage),
                answer=answer,
                explanation=reason,
                expected_version=version,
                by=sheets.officer,
                now=timezone.now(),
                action="assessments.score_saved",
            )

    with pytest.raises(ReasonOwed):
        put({"light": "green"}, "  ")

    assert not Score.objects.exists()
    assert put({"light": "green"}, "đã khắc phục").version == 1
    with pytest.raises(ReasonOwed):
        put({"light": "green"}, "", version=1)
    assert put({"not_applicable": True}, "", version=1).light == ""
    assert put({}, "", version=2).answer == {}


def test_a_measured_light_needs_no_reason(sheets):
    measured = {"unit": "%", "green": "95", "yellow": "75"}
    indicator = sheets.criterion("1.1", sheets.lights)
    Criterion.objects.filter(pk=indicator.pk).update(scoring="measured", parameters=measured)

    assert sheets.save("1.1", {"value": "80"}, sheet=sheets.lights).light == "yellow"


def test_the_page_and_the_api_say_beside_the_field_that_a_reason_is_owed(client, sheets):
    indicator = sheets.criterion("1.1", sheets.lights)
    Criterion.objects.filter(pk=indicator.pk).update(scoring="roll_up")
    client.force_login(sheets.officer)
    page = reverse("assessments:score", args=[sheets.lights.pk, indicator.pk])
    api = reverse("api:assessment-score", args=[sheets.lights.pk, indicator.pk])

    for headers in ({}, {"HX-Request": "true"}):
        typed = client.post(page, {"light": "green", "explanation": "", "version": 0}, headers=headers)
        assert typed.status_code == 422
        assert f'id="e{indicator.pk}"' in typed.content.decode()
        assert escape(str(ReasonOwed())) in typed.content.decode()
    sent = client.put(api, {"answer": {"light": "green"}}, content_type="application/json", headers={"If-Match": '"0"'})

    assert sent.status_code == 400
    assert sent.json()["errors"]["explanation"] == [str(ReasonOwed())]
    assert not Score.objects.exists()
