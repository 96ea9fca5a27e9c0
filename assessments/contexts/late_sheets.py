"""Score sheets that their units have not submitted though self-scoring is over for them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from assessments.contexts.deadlines import last_day, overdue
from assessments.models import Assessment, Round
from plans.contexts.lateness import LateItem, in_order
from plans.models import ChasedItem
from plans.period import due_moment
from units.permissions import Permission

if TYPE_CHECKING:
    from units.models import User

# What is late with a sheet, in the words of letters.
_WHERE = {
    Assessment.State.SCORING: "đã chấm {scored}/{of} tiêu chí, chưa nộp",
    Assessment.State.HEAD_REVIEW: "đã trình thủ trưởng, chưa nộp",
    Assessment.State.RETURNED: "bị trả lại, chưa nộp bổ sung",
}


def late_sheets(*, user: User, as_of: date, round_: Round | None = None) -> list[LateItem]:
    """Of the rounds in whose province `user` may chase, or of one of them; the last day is the one in which
    self-scoring ended for the unit, an extension considered. One query."""
    sheets = Assessment.objects.allowed_to(user, Permission.CHASE)
    if round_ is not None:
        sheets = sheets.filter(round=round_)
    found = []
    late = overdue(sheets, due_moment(as_of - timedelta(days=1)))
    for sheet in late.select_related("unit", "round").order_by("pk"):
        last = last_day(sheet.ends)
        where = _WHERE[Assessment.State(sheet.state)].format(scored=sheet.scored, of=sheet.of)
        found.append(
            LateItem(
                kind=ChasedItem.Kind.SHEET,
                reference=f"sheet:{sheet.pk}",
                unit=sheet.unit,
                title=f"Phiếu tự chấm điểm “{sheet.round.title}” ({where})",
                source=f"Đợt đánh giá {sheet.round.year}: {sheet.round.title}"[:300],
                due_on=last,
                late_days=(as_of - last).days,
            )
        )
    return in_order(found)
