"""What stands in the way: raised by a unit, answered or directed, sent up, closed once it was answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activity.services import record
from plans.contexts.obstacles import acts_on, answerers_of, only_records, parties_of
from plans.jobs.escalation import answer_by, raisers_of, step_up
from plans.models import Evidence, Obstacle, ObstacleStep, Plan, Task, TaskPerformer
from plans.permissions import HIGHEST_LEVEL, OBSTACLE_ACTS, ObstacleAct
from plans.services.arising import add_arising_task
from plans.services.standing import require_open
from units.access import holds_in
from units.models import Unit, User
from units.permissions import Permission

State, Kind = Obstacle.State, ObstacleStep.Kind
KINDS: dict[ObstacleAct, str] = {
    ObstacleAct.NOTE: Kind.NOTE,
    ObstacleAct.ANSWER: Kind.ANSWER,
    ObstacleAct.DIRECT: Kind.DIRECTION,
    ObstacleAct.ESCALATE: Kind.ESCALATION,
    ObstacleAct.REOPEN: Kind.REOPENING,
    ObstacleAct.CLOSE: Kind.CLOSING,
}
ACTIONS: dict[ObstacleAct, str] = {
    ObstacleAct.NOTE: "plans.obstacle_noted",
    ObstacleAct.ANSWER: "plans.obstacle_answered",
    ObstacleAct.DIRECT: "plans.obstacle_directed",
    ObstacleAct.REOPEN: "plans.obstacle_reopened",
    ObstacleAct.CLOSE: "plans.obstacle_closed",
}


class ObstacleRefused(Exception):
    """The act is not possible."""


class MayNotRaise(ObstacleRefused):
    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("You cannot raise an obstacle for %(unit)s. Ask its ISO officer to do it.") % {"unit": self.unit.label}


class NotInvolved(ObstacleRefused):
    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("%(unit)s performs no such task in this plan. Choose a task that it performs.") % {
            "unit": self.unit.label
        }


class WordsMissing(ObstacleRefused):
    def __str__(self) -> str:
        return _("Say it in words: without them nobody knows what is meant.")


class DocumentMissing(ObstacleRefused):
    """The answer is somebody else's: the paper it stands on must be named."""

    def __str__(self) -> str:
        return _(
            "At this level the leaders answer. Name the document that holds their answer: number, symbol and date."
        )


class MayNotAct(ObstacleRefused):
    def __str__(self) -> str:
        return _("This is not yours to do at the level where the obstacle stands now.")


class NotInThisState(ObstacleRefused):
    """The obstacle has moved on: `step` is the last thing that happened to it."""

    def __init__(self, obstacle: Obstacle) -> None:
        self.obstacle = obstacle
        self.step = obstacle.steps.select_related("by").last()

    def __str__(self) -> str:
        said = _("This is not possible any more: the obstacle is now “%(state)s”.") % {
            "state": self.obstacle.get_state_display()
        }
        return f"{said} {told_of(self.step)}".strip()


class NoLevelAbove(ObstacleRefused):
    def __str__(self) -> str:
        return _("The obstacle stands at the highest level already. It is answered there.")


class ObstacleChanged(ObstacleRefused):
    """Somebody said something while the person was writing; what they wrote is kept on their page."""

    def __init__(self, obstacle: Obstacle) -> None:
        self.obstacle = obstacle
        self.step = obstacle.steps.select_related("by").last()

    def __str__(self) -> str:
        said = _("Something happened to this obstacle while you were writing. Read it below, then send yours again.")
        return f"{said} {told_of(self.step)}".strip()


class FileOfAnother(ObstacleRefused):
    def __str__(self) -> str:
        return _("One of the files belongs to another unit or was withdrawn. Choose it again.")


def told_of(step: ObstacleStep | None) -> str:
    """Who did the last thing, and when."""
    if step is None:
        return ""
    moment = date_format(timezone.localtime(step.at), "H:i j/n/Y")
    if step.by is None:
        return _("%(kind)s: by the portal at %(moment)s.") % {"kind": step.get_kind_display(), "moment": moment}
    return _("%(kind)s: %(person)s at %(moment)s.") % {
        "kind": step.get_kind_display(),
        "person": step.by,
        "moment": moment,
    }


@transaction.atomic
def raise_obstacle(
    *,
    plan: Plan,
    unit: Unit,
    title: str,
    text: str,
    by: User,
    task: Task | None = None,
    proposal: str = "",
    level: int = Obstacle.Level.STANDING_BODY,
    evidence: Sequence[Evidence] = (),
) -> Obstacle:
    """Write down what stands in `unit`'s way, numbered within the plan and year; who answers at `level` is told.

    Raises PlanIsClosed, MayNotRaise, NotInvolved, WordsMissing, FileOfAnother.
    """
    plan = require_open(plan)  # locked: two that raise at once take different numbers
    if not holds_in(by, Permission.TASK_REPORT, unit):
        raise MayNotRaise(unit)
    involved = TaskPerformer.objects.performing().filter(task__plan=plan, unit=unit)
    if not (involved.filter(task=task) if task else involved).exists() and plan.unit_id != unit.pk:
        raise NotInvolved(unit)
    if task is not None and task.plan_id != plan.pk:
        raise NotInvolved(unit)
    title, text = " ".join(title.split()), text.strip()
    if not title or not text:
        raise WordsMissing
    _check_files(evidence, {unit.pk})
    today = timezone.localdate()
    last: int | None = Obstacle.objects.filter(plan=plan, year=today.year).aggregate(last=Max("number"))["last"]
    obstacle = Obstacle(
        plan=plan,
        task=task,
        unit=unit,
        year=today.year,
        number=(last or 0) + 1,
        title=title[:200],
        text=text,
        proposal=proposal.strip(),
        level=level,
        raised_by=by,
    )
    obstacle.due_on = answer_by(level=level, obstacle=obstacle, today=today)
    obstacle.save()
    obstacle.evidence.set(evidence)
    record(
        by=by,
        action="plans.obstacle_raised",
        target=obstacle,
        unit_path=unit.path,
        changes={
            "number": [None, obstacle.reference],
            "title": [None, obstacle.title],
            "level": [None, str(Obstacle.Level(level).label)],
            "due_on": [None, obstacle.due_on.isoformat()],
        },
        notify=answerers_of(obstacle),
    )
    return obstacle


@transaction.atomic
def answer_obstacle(
    *,
    obstacle: Obstacle,
    text: str,
    by: User,
    document: str = "",
    evidence: Sequence[Evidence] = (),
    version: int | None = None,
) -> ObstacleStep:
    """Raises MayNotAct, NotInThisState, ObstacleChanged, WordsMissing, DocumentMissing, FileOfAnother."""
    now = _take(obstacle, ObstacleAct.ANSWER, by, version)
    _check_answer(now, by, document)
    step = _say(now, ObstacleAct.ANSWER, text=_words(text), document=document, evidence=evidence, by=by)
    _note(now, ObstacleAct.ANSWER, step, notify=raisers_of(now))
    return step


@transaction.atomic
def direct_obstacle(
    *,
    obstacle: Obstacle,
    title: str,
    performers: Sequence[Unit],
    due_on: date | None,
    by: User,
    text: str = "",
    document: str = "",
    evidence: Sequence[Evidence] = (),
    version: int | None = None,
) -> ObstacleStep:
    """An answer that gives `performers` a task of the same plan: the first of them leads it.

    Raises what `answer_obstacle` and `add_arising_task` raise.
    """
    require_open(obstacle.plan)
    now = _take(obstacle, ObstacleAct.DIRECT, by, version)
    _check_answer(now, by, document)
    roles = [TaskPerformer.Role.LEAD, *[TaskPerformer.Role.SUPPORT] * len(performers)]
    task = add_arising_task(
        plan=now.plan,
        title=title,
        performers=list(zip(performers, roles, strict=False)),
        due_on=due_on,
        origin=Task.Origin.DIRECTION,
        by=by,
    )
    said = text.strip() or task.title
    step = _say(now, ObstacleAct.DIRECT, text=said, document=document, evidence=evidence, by=by, task=task)
    _note(now, ObstacleAct.DIRECT, step, notify=raisers_of(now), more={"task": [None, str(task)]})
    return step


@transaction.atomic
def escalate_obstacle(*, obstacle: Obstacle, text: str, by: User, version: int | None = None) -> ObstacleStep:
    """One level up by hand, with the reason. Raises MayNotAct, NotInThisState, NoLevelAbove, ObstacleChanged,
    WordsMissing."""
    now = _take(obstacle, ObstacleAct.ESCALATE, by, version)
    return step_up(obstacle=now, today=timezone.localdate(), text=_words(text), by=by)


@transaction.atomic
def note_obstacle(
    *,
    obstacle: Obstacle,
    text: str,
    by: User,
    evidence: Sequence[Evidence] = (),
    version: int | None = None,
) -> ObstacleStep:
    """A word in the matter that changes nothing else. Raises MayNotAct, NotInThisState, ObstacleChanged, WordsMissing,
    FileOfAnother."""
    now = _take(obstacle, ObstacleAct.NOTE, by, version)
    step = _say(now, ObstacleAct.NOTE, text=_words(text), document="", evidence=evidence, by=by)
    _note(now, ObstacleAct.NOTE, step, notify=[*raisers_of(now), *answerers_of(now)])
    return step


@transaction.atomic
def reopen_obstacle(*, obstacle: Obstacle, text: str, by: User, version: int | None = None) -> ObstacleStep:
    """The answer did not help: it waits again at the level where it stands, with a new deadline. Raises MayNotAct,
    NotInThisState, ObstacleChanged, WordsMissing."""
    now = _take(obstacle, ObstacleAct.REOPEN, by, version)
    words = _words(text)
    now.due_on = answer_by(level=now.level, obstacle=now, today=timezone.localdate())
    step = _say(now, ObstacleAct.REOPEN, text=words, document="", evidence=(), by=by)
    Obstacle.objects.filter(pk=now.pk).update(due_on=now.due_on, closed_at=None)
    _note(
        now,
        ObstacleAct.REOPEN,
        step,
        notify=[*raisers_of(now), *answerers_of(now)],
        more={"due_on": [None, now.due_on.isoformat()]},
    )
    return step


@transaction.atomic
def close_obstacle(*, obstacle: Obstacle, by: User, text: str = "", version: int | None = None) -> ObstacleStep:
    """Settled, which only an answer makes possible. Raises MayNotAct, NotInThisState, ObstacleChanged."""
    now = _take(obstacle, ObstacleAct.CLOSE, by, version)
    Obstacle.objects.filter(pk=now.pk).update(closed_at=timezone.now())
    step = _say(now, ObstacleAct.CLOSE, text=text.strip(), document="", evidence=(), by=by)
    _note(now, ObstacleAct.CLOSE, step, notify=[*raisers_of(now), *answerers_of(now)])
    return step


def _take(obstacle: Obstacle, act: ObstacleAct, by: User, version: int | None) -> Obstacle:
    """The obstacle as it is now, its row locked until the transaction ends, if `by` may do `act` with it."""
    now = (
        Obstacle.objects.select_for_update(of=("self",))
        .select_related("plan__unit", "unit", "task")
        .get(pk=obstacle.pk)
    )
    if not parties_of(obstacle=now, user=by) & OBSTACLE_ACTS[act].parties:
        raise MayNotAct
    if version is not None and version != now.version:
        raise ObstacleChanged(now)
    if now.state not in OBSTACLE_ACTS[act].states:
        raise NotInThisState(now)
    if act == ObstacleAct.ESCALATE and now.level >= HIGHEST_LEVEL:
        raise NoLevelAbove
    if act not in acts_on(obstacle=now, user=by):
        raise MayNotAct
    return now


def _check_answer(obstacle: Obstacle, by: User, document: str) -> None:
    if only_records(obstacle=obstacle, user=by) and not document.strip():
        raise DocumentMissing


def _words(text: str) -> str:
    if not (said := text.strip()):
        raise WordsMissing
    return said


def _check_files(evidence: Sequence[Evidence], units: set[int]) -> None:
    if any(each.unit_id not in units or each.withdrawn_at is not None for each in evidence):
        raise FileOfAnother


def _say(
    obstacle: Obstacle,
    act: ObstacleAct,
    *,
    text: str,
    document: str,
    evidence: Sequence[Evidence],
    by: User,
    task: Task | None = None,
) -> ObstacleStep:
    """The step, and the state it leads to."""
    _check_files(evidence, {obstacle.unit_id, obstacle.plan.unit_id})
    step = ObstacleStep.objects.create(
        obstacle=obstacle,
        kind=KINDS[act],
        level=obstacle.level,
        text=text,
        document=" ".join(document.split())[:200],
        task=task,
        by=by,
    )
    step.evidence.set(evidence)
    state = OBSTACLE_ACTS[act].to or obstacle.state
    Obstacle.objects.filter(pk=obstacle.pk).update(state=state, version=F("version") + 1, updated_at=timezone.now())
    return step


def _note(
    obstacle: Obstacle,
    act: ObstacleAct,
    step: ObstacleStep,
    *,
    notify: Sequence[int],
    more: dict[str, Any] | None = None,
) -> None:
    to = OBSTACLE_ACTS[act].to
    changes: dict[str, Any] = {"state": [obstacle.state, to]} if to and to != obstacle.state else {}
    changes["text"] = [None, step.text]
    if step.document:
        changes["document"] = [None, step.document]
    record(
        by=step.by,
        action=ACTIONS[act],
        target=obstacle,
        unit_path=obstacle.unit.path,
        changes={**changes, **(more or {})},
        notify=notify,
    )
