"""What saving one row costs, and that its short answer says what the long one would."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.contexts import sheet_context
from assessments.models import Assessment
from assessments.views.score_rows import row_values

# Session, person and offices; the sheet, then its lock; row, totals, record; scores and files of the answer.
SAVE_QUERIES = 14


@pytest.fixture
def officer(client, sheets):
    client.force_login(sheets.officer)
    return client


def save(client, address: str, version: int, done: int):
    values = {"done": done, "of": 100, "version": version, "explanation": ""}
    return client.post(address, values, headers={"hx-request": "true"})


@pytest.mark.parametrize("count", [1, 3])
def test_a_save_costs_the_same_however_much_is_scored(officer, sheets, django_assert_num_queries, count):
    for code in ["1.2", "1.4", "4.1"][:count]:
        sheets.save(code, {"value": True})
    address = reverse("assessments:score", args=[sheets.points.pk, sheets.criterion("2.1").pk])
    save(officer, address, 0, 1)

    with django_assert_num_queries(SAVE_QUERIES):
        answer = save(officer, address, 1, 50)

    assert answer.status_code == 200


@pytest.mark.parametrize(("kind", "code"), [("points", "2.1"), ("lights", "1.1")])
def test_the_short_answer_tells_of_the_row_and_the_sums_what_the_page_tells(sheets, kind, code):
    sheet = getattr(sheets, kind)
    if kind == "points":
        sheets.save("1.2", {"value": True})
        sheets.save(code, {"done": 70, "of": 100})
    else:
        sheets.save(code, {"light": "yellow"}, sheet=sheet)
    criterion = sheets.criterion(code, sheet)
    stored = Assessment.objects.with_sheet_head().get(pk=sheet.pk)
    now = timezone.now()

    short, long = (sheet_context(stored, user=sheets.officer, now=now, saved=saved) for saved in (criterion, None))

    one, other = row_values(short, criterion), row_values(long, criterion)
    assert one["line"] == other["line"]
    assert short.result.outcome == long.result.outcome
    assert short.result.accounts == long.result.accounts
    assert [line.code for line in short.result.owed] == [line.code for line in long.result.owed]
    assert (short.entered, short.left, short.enterable) == (long.entered, long.left, long.enterable)
    assert short.next_missing.criterion_id == long.next_missing.criterion_id
    assert (short.may_submit, short.may_send, short.mode) == (long.may_submit, long.may_send, long.mode)
