"""The pages on which results are proposed, approved, published and changed."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.models import Assessment, Criterion, Decision
from plans.models import Evidence
from tests.factories.results import Results, make_results
from units.permissions import Role

pytestmark = pytest.mark.django_db
PAPER = {"number": "12/QĐ-UBND", "decided_on": "2026-11-20", "signer": "Nguyễn Văn A"}
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def results() -> Results:
    return make_results()


def at(name: str, pk: int) -> str:
    return reverse(f"assessments:{name}", args=[pk])


def test_from_preliminary_to_published_by_the_pages_alone(client, results):
    first, second = results.sheet(unit=results.cast.a), results.sheet(unit=results.cast.b)
    third = results.sheet(state="verifying")
    pk = results.round.pk

    client.force_login(results.cast[Role.PROGRAMME_OFFICER])
    refused = client.post(at("propose", pk), {"sheets": [first.pk, second.pk, third.pk], "reason": ""})
    assert refused.status_code == 422
    assert [line.sheet_id for line in refused.context["lines"] if line.refused] == [third.pk]
    assert client.post(at("withdraw_proposal", second.pk), {"reason": "Nhầm"}).status_code == 302
    assert client.post(at("propose", pk), {"sheets": [second.pk]}).status_code == 302

    client.force_login(results.cast[Role.LEADER])
    missing = client.post(at("approve", pk), PAPER)
    assert missing.status_code == 422
    assert missing.context["form"]["number"].value() == "12/QĐ-UBND"
    assert client.post(at("approve", pk), {**PAPER, f"left_out_{third.pk}": "Chưa xong"}).status_code == 302

    client.force_login(results.cast[Role.PROGRAMME_OFFICER])
    assert client.post(at("publish", pk), {**PAPER, "number": ""}).status_code == 422
    assert client.post(at("publish", pk), PAPER).status_code == 302

    assert list(Assessment.objects.order_by("pk").values_list("state", flat=True)) == [
        "published",
        "published",
        "verifying",
    ]
    page = client.get(at("publication", pk))
    assert [each.decision.kind for each in page.context["decisions"]] == ["publication", "approval"]
    assert "Chưa xong" in page.text


def test_the_signed_copy_is_kept_with_the_publication(client, results, settings, tmp_path):
    results.sheet()
    results.approve()
    client.force_login(results.cast[Role.PROGRAMME_OFFICER])
    sent = SimpleUploadedFile("quyet-dinh.pdf", PDF, content_type="application/pdf")

    answer = client.post(at("publish", results.round.pk), {**PAPER, "file": sent})

    assert answer.status_code == 302
    assert Decision.objects.get(kind="publication").file == Evidence.objects.get()


def test_a_result_is_changed_on_its_page(client, results):
    sheet = results.sheet(unit=results.cast.a)
    results.approve()
    results.publish()
    client.force_login(results.cast[Role.PROGRAMME_OFFICER])
    assert at("change_result", sheet.pk) not in client.get(at("sheet", sheet.pk)).text
    client.force_login(results.cast[Role.LEADER])
    assert at("change_result", sheet.pk) in client.get(at("sheet", sheet.pk)).text
    criterion = Criterion.objects.get(code="1.2", criteria_set=results.round.criteria_set_id)
    url = f"{at('change_result', sheet.pk)}?criterion={criterion.pk}"
    version = Assessment.objects.get().version
    sent = {**PAPER, "reason": "Có minh chứng mới", "points": "9", "version": version}

    assert client.get(url).context["line"].points == 7
    wrong = client.post(url, {**sent, "points": "11"})
    assert wrong.status_code == 422
    assert 'value="11"' in wrong.text
    assert client.post(url, sent).status_code == 302
    stale = client.post(url, {**sent, "points": "3"})

    assert stale.status_code == 409
    assert 'value="3"' in stale.text
    assert Assessment.objects.get().final_total == 26
    page = client.get(at("publication", results.round.pk))
    assert [(each.before, each.after) for each in page.context["decisions"][0].changes] == [("7.00", "9.00")]


@pytest.mark.parametrize("wanted", ["99999999999999999999999", "x", "0"])
def test_a_criterion_of_another_set_is_not_found(client, results, wanted):
    sheet = results.sheet()
    client.force_login(results.cast[Role.LEADER])

    assert client.get(f"{at('change_result', sheet.pk)}?criterion={wanted}").status_code == 404


def test_a_decision_is_not_of_tomorrow(client, results):
    results.sheet(state="proposed")
    client.force_login(results.cast[Role.LEADER])

    answer = client.post(at("approve", results.round.pk), {**PAPER, "decided_on": "2999-01-01"})

    assert answer.status_code == 422
    assert "decided_on" in answer.context["form"].errors
    assert not Decision.objects.exists()
