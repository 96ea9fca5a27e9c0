"""The same workbook confirmed twice at the same moment, and a page that saves while a workbook is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from activity.models import AuditEvent
from assessments import services
from assessments.models import Score, WorkbookUpload
from assessments.services.workbook_taking import SheetMovedOn, take_upload
from assessments.services.workbooks import check_upload
from tests.assessments.conftest import make_sheets
from tests.factories.workbooks import exported, filled
from units.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except (SheetMovedOn, services.StaleScore) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_the_same_bytes_confirmed_by_two_at_once_are_taken_once():
    sheets = make_sheets()
    data = filled(exported(sheets.points), {"1.2": {"Kết quả": "Có"}, "1.4": {"Kết quả": "Có"}})
    people = [sheets.officer, sheets.cast[Role.UNIT_HEAD], sheets.cast[Role.PROGRAMME_OFFICER]]
    uploads = [check_upload(target=sheets.points, data=data, name="p.xlsx", by=by) for by in people]

    outcomes = at_once(
        *(
            lambda upload=upload, by=by: take_upload(upload=upload, by=by)
            for upload, by in zip(uploads, people, strict=True)
        )
    )

    [taken] = WorkbookUpload.objects.filter(state="taken")
    assert outcomes == [taken] * 3
    assert set(Score.objects.values_list("version", flat=True)) == {1}
    assert AuditEvent.objects.filter(action__startswith="assessments.workbook_taken").count() == 1
    assert list(services.totals_apart()) == []


def test_a_row_saved_on_the_page_while_a_workbook_is_confirmed_is_never_lost_unseen():
    sheets = make_sheets()
    data = filled(exported(sheets.points), {"1.2": {"Kết quả": "Có"}, "1.4": {"Kết quả": "Có"}})
    upload = check_upload(target=sheets.points, data=data, name="p.xlsx", by=sheets.officer)
    head = sheets.cast[Role.UNIT_HEAD]

    outcomes = at_once(
        lambda: take_upload(upload=upload, by=sheets.officer),
        lambda: sheets.save("1.2", {"value": False}, by=head),
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(refused) == 1
    stored = dict(Score.objects.values_list("criterion__code", "answer"))
    if isinstance(refused[0], SheetMovedOn):
        assert stored == {"1.2": {"value": False}}
    else:
        assert stored == {"1.2": {"value": True}, "1.4": {"value": True}}
    assert list(services.totals_apart()) == []
