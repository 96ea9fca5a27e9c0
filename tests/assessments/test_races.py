"""Two people at one sheet at the same moment. The control shows that without the guard a value is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from assessments import services
from assessments.models import Assessment, Score
from tests.assessments.conftest import make_sheets
from units.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act returns, or its refusal, when all start together, each on a connection of its own."""
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except services.StaleScore as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


CODES = ["1.2", "1.4", "4.1", "2.1", "2.4", "3.1", "5.3", "3.2"]
ANSWERS = [{"value": True}] * 3 + [{"done": 9, "of": 10}] * 4 + [{"percent": "98"}]


def test_different_rows_are_both_kept_and_summed():
    sheets = make_sheets()
    people = [sheets.officer, sheets.cast[Role.UNIT_HEAD]]

    outcomes = at_once(
        *(
            lambda code=code, answer=answer, by=people[n % 2]: sheets.save(code, answer, by=by)
            for n, (code, answer) in enumerate(zip(CODES, ANSWERS, strict=True))
        )
    )

    assert all(isinstance(outcome, Score) for outcome in outcomes)
    sheet = Assessment.objects.get(pk=sheets.points.pk)
    assert sheet.scored == len(CODES)
    assert sheet.total == sum(outcome.points for outcome in outcomes)
    assert list(services.totals_apart()) == []


@pytest.mark.parametrize("version", [0, 1])
def test_of_two_who_save_the_same_row_one_is_shown_both_values(version):
    sheets = make_sheets()
    head = sheets.cast[Role.UNIT_HEAD]
    if version:
        sheets.save("2.1", {"done": 100, "of": 118})

    outcomes = at_once(
        lambda: sheets.save("2.1", {"done": 109, "of": 118}, version=version),
        lambda: sheets.save("2.1", {"done": 110, "of": 118}, version=version, by=head),
    )

    [refused] = [outcome for outcome in outcomes if isinstance(outcome, services.StaleScore)]
    [saved] = [outcome for outcome in outcomes if isinstance(outcome, Score)]
    assert {refused.stored.result.answer["done"], refused.mine.result.answer["done"]} == {109, 110}
    assert refused.stored.by == str(saved.by)
    stored = Score.objects.get()
    assert (stored.answer, stored.version) == (saved.answer, version + 1)
    assert list(services.totals_apart()) == []


def test_the_control_without_the_guard_one_of_two_values_is_lost_unseen():
    sheets = make_sheets()
    sheets.save("2.1", {"done": 100, "of": 118})
    read = Barrier(2, timeout=30)

    def read_then_write(done: int) -> object:
        score = Score.objects.get(criterion__code="2.1")
        read.wait()
        score.answer = {"done": done, "of": 118}
        score.version += 1
        score.save()
        return score

    outcomes = at_once(lambda: read_then_write(109), lambda: read_then_write(110))

    # Both were told that they had saved, one value is gone, and the version counted one save of two.
    assert [outcome.version for outcome in outcomes] == [2, 2]
    assert Score.objects.get().version == 2
