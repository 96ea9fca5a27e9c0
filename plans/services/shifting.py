"""Moving a task in time, and what waits for it along with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from plans.contexts.content import PlanContent, content_of
from plans.contexts.shifting import Move, Shift, shift
from plans.models import Amendment, Plan, Task, TaskPerformer
from plans.permissions import EDITABLE
from plans.services.amending import draft_amendment, save_amendment_content
from plans.services.content import NotOnTheDesk, save_content
from plans.services.standing import require_open
from plans.services.told import reporters_of
from units.models import Unit, User


class EndsBeforeItStarts(Exception):
    def __str__(self) -> str:
        return _("The last day lies before the first. Give them in order.")


class ShiftChanged(Exception):
    """Somebody changed tasks or dependencies since the list of moves was shown; `now` is what would move now."""

    def __init__(self, now: Shift) -> None:
        self.now = now

    def __str__(self) -> str:
        return _("Tasks were changed after this list was shown. Look at the new list and confirm it.")


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved; `amendment` is the draft that says so where the plan is issued and changes by it alone."""

    moves: Sequence[Move]
    amendment: Amendment | None


def preview_move(*, task: Task, start: date | None, end: date | None) -> Shift:
    """What would move; nothing is written. Raises EndsBeforeItStarts."""
    if start and end and end < start:
        raise EndsBeforeItStarts
    return shift(task=task, start=start, end=end)


@transaction.atomic
def move_task(
    *, task: Task, start: date | None, end: date | None, follow: bool, seen: str, by: User, reason: str = ""
) -> Moved:
    """Give `task` other days and, with `follow`, push back what waits for it. `seen` is the mark of the shift that was
    shown and confirmed.

    On the desk the paper is rewritten; in an issued plan its draft amendment is, begun with `reason` where there is
    none; tasks that arose later move freely. Raises PlanIsClosed, EndsBeforeItStarts, ShiftChanged, NotOnTheDesk,
    ReasonMissing and what saving content raises.
    """
    plan = require_open(task.plan)
    task = Task.objects.select_related("plan__unit").get(pk=task.pk)
    found = preview_move(task=task, start=start, end=end)
    if found.mark != seen:
        raise ShiftChanged(found)
    moves = [each for each in (found.moves if follow else found.moves[:1]) if each.old != each.new]
    paper = [each for each in moves if not each.node.arose]
    amendment = _rewrite(plan, paper, reason=reason, by=by) if paper else None
    for each in moves:
        if each.node.arose:
            _move_freely(plan, each, by)
    return Moved(moves, amendment)


def _rewrite(plan: Plan, moves: Sequence[Move], *, reason: str, by: User) -> Amendment | None:
    """The words of the paper: at once on the desk, in an amendment where the plan is issued."""
    if plan.status in EDITABLE:
        save_content(plan=plan, content=_with(content_of(plan), moves), expected_version=plan.version, by=by)
        return None
    if plan.status != Plan.Status.ISSUED:
        raise NotOnTheDesk(plan)
    draft = plan.amendments.filter(status=Amendment.Status.DRAFT).first()
    draft = draft or draft_amendment(plan=plan, reason=reason, by=by)
    content = _with(PlanContent.from_json(draft.content), moves)
    return save_amendment_content(amendment=draft, content=content, expected_version=draft.version, by=by)


def _with(content: PlanContent, moves: Sequence[Move]) -> PlanContent:
    new = {each.node.task_id: each for each in moves}
    tasks = tuple(
        replace(task, start=move.new[0], end=move.new[1], period_text=move.new_text)
        if task.id and (move := new.get(task.id))
        else task
        for task in content.tasks
    )
    return replace(content, tasks=tasks)


def _move_freely(plan: Plan, move: Move, by: User) -> None:
    start, end = move.new
    values = {"period_text": move.new_text} if move.old_text else {}
    Task.objects.filter(pk=move.node.task_id).update(
        start=start,
        end=end,
        version=F("version") + 1,
        sequence=F("sequence") + 1,
        updated_at=timezone.now(),
        **values,
    )
    performing = TaskPerformer.objects.performing().filter(task=move.node.task_id).values("unit")
    record(
        by=by,
        action="plans.task_moved",
        target=Task.objects.get(pk=move.node.task_id),
        unit_path=plan.unit.path,
        changes={"start": _change(move, 0), "end": _change(move, 1)},
        notify=reporters_of(Unit.objects.filter(pk__in=performing)),
    )


def _change(move: Move, side: int) -> list[str | None]:
    before, after = move.old[side], move.new[side]
    return [before.isoformat() if before else None, after.isoformat() if after else None]
