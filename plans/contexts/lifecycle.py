"""A plan's life in words: what can be done with it now, what of it is not finished, the steps it took."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from activity.models import AuditEvent
from plans.models import Amendment, DueReport, Obstacle, Plan, ProgressUpdate, Task, TaskPerformer
from plans.permissions import ACTS, Act
from units.permissions import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class ActWords:
    """`label` of the button, `title` of the page that asks, `outcome`: what will happen, `done`: what did."""

    label: _StrPromise
    title: _StrPromise
    outcome: _StrPromise
    done: _StrPromise
    icon: str
    dangerous: bool = False


ACT_WORDS: dict[Act, ActWords] = {
    Act.SUBMIT: ActWords(
        label=_("Submit for issue"),
        title=_("Submit the plan for issue"),
        outcome=_("Those who decide on it are told. Until they return it, nobody can edit it."),
        done=_("The plan is submitted. Those who decide on it are told."),
        icon="send",
    ),
    Act.RETURN: ActWords(
        label=_("Return"),
        title=_("Return the plan"),
        outcome=_("Who submitted it is told your reason and can edit the plan again."),
        done=_("The plan is returned. Who submitted it is told your reason."),
        icon="undo-2",
    ),
    Act.ISSUE: ActWords(
        label=_("Issue"),
        title=_("Issue the plan"),
        outcome=_(
            "Its content, number and date are fixed: from then on it changes by an amendment alone. The units that "
            "perform its tasks are told."
        ),
        done=_("The plan is issued."),
        icon="stamp",
    ),
    Act.CLOSE: ActWords(
        label=pgettext_lazy("plan", "Close"),
        title=_("Close the plan"),
        outcome=_(
            "Nothing more can be reported, assigned or raised under it. It stays readable, and its units are told."
        ),
        done=_("The plan is closed."),
        icon="archive",
    ),
    Act.CANCEL: ActWords(
        label=_("Cancel the plan"),
        title=_("Cancel the plan"),
        outcome=_(
            "The plan ends without being carried out. Nothing can be reported under it any more, and this cannot be "
            "undone. Its units are told your reason."
        ),
        done=_("The plan is cancelled."),
        icon="ban",
        dangerous=True,
    ),
}
# In this order they are offered; the first that a person may do is the one that the page presents as the next.
OFFERED = (Act.SUBMIT, Act.ISSUE, Act.RETURN, Act.CLOSE, Act.CANCEL)


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that a person may do now; `url_name` is its page."""

    act: Act
    words: ActWords
    is_next: bool

    @property
    def url_name(self) -> str:
        return f"plans:{self.act}"


def offers(plan: Plan, rights: frozenset[Permission]) -> list[Offer]:
    """What a person with `rights` may do with the plan in its state. Ending it is never what the page proposes."""
    possible = [act for act in OFFERED if plan.status in ACTS[act].states and ACTS[act].permission in rights]
    return [
        Offer(act, ACT_WORDS[act], is_next=place == 0 and act not in {Act.CLOSE, Act.CANCEL})
        for place, act in enumerate(possible)
    ]


@dataclass(frozen=True, slots=True)
class OpenMatters:
    """How much of a plan is not finished. `tasks` counts those that some unit has not brought to 100 %; a task that no
    unit reports on is nobody's to finish here."""

    tasks: int
    obstacles: int
    updates: int
    reports: int
    amendments: int

    def __bool__(self) -> bool:
        return any((self.tasks, self.obstacles, self.updates, self.reports, self.amendments))

    def words(self) -> list[str]:
        counted = [
            (self.tasks, ngettext("%(count)d task not finished", "%(count)d tasks not finished", self.tasks)),
            (
                self.obstacles,
                ngettext("%(count)d obstacle not closed", "%(count)d obstacles not closed", self.obstacles),
            ),
            (self.updates, ngettext("%(count)d report not decided", "%(count)d reports not decided", self.updates)),
            (self.reports, ngettext("%(count)d report still due", "%(count)d reports still due", self.reports)),
            (
                self.amendments,
                ngettext("%(count)d amendment being drafted", "%(count)d amendments being drafted", self.amendments),
            ),
        ]
        return [words % {"count": count} for count, words in counted if count]


def open_matters(plan: Plan, *, on: date) -> OpenMatters:
    """What stands between the plan and its end on the day `on`: five counts. A report of a period that has not begun
    by then is not owed."""
    owed = DueReport.objects.filter(period__plan=plan, period__start__lte=on)
    return OpenMatters(
        tasks=_unfinished(plan),
        obstacles=Obstacle.objects.filter(plan=plan).exclude(state=Obstacle.State.CLOSED).count(),
        updates=ProgressUpdate.objects.filter(task__plan=plan, state=ProgressUpdate.State.SUBMITTED).count(),
        reports=owed.filter(Q(latest=None) | ~Q(latest__state=ProgressUpdate.State.ACCEPTED)).count(),
        amendments=Amendment.objects.filter(plan=plan, status=Amendment.Status.DRAFT).count(),
    )


def _unfinished(plan: Plan) -> int:
    last = ProgressUpdate.objects.filter(
        task=OuterRef("task"), unit=OuterRef("unit"), state=ProgressUpdate.State.ACCEPTED
    ).order_by("-pk")
    return (
        TaskPerformer.objects.performing()
        .filter(task__plan=plan, task__is_cancelled=False)
        .filter(~Exists(Task.objects.filter(parent=OuterRef("task"), is_cancelled=False)))
        .annotate(percent=Subquery(last.values("percent")[:1]))
        .filter(Q(percent=None) | Q(percent__lt=100))
        .values("task")
        .distinct()
        .count()
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One state that the plan came into: `state` is one of `Plan.Status`."""

    state: str
    at: datetime
    who: str
    note: str
    icon: str
    text: str


# How a plan came into each state, as a person's act.
STATE_WORDS: dict[str, tuple[str, _StrPromise]] = {
    Plan.Status.SUBMITTED: ("send", _("submitted the plan for issue")),
    Plan.Status.RETURNED: ("undo-2", _("returned the plan")),
    Plan.Status.ISSUED: ("stamp", _("issued the plan")),
    Plan.Status.CLOSED: ("archive", _("closed the plan")),
    Plan.Status.CANCELLED: ("ban", _("cancelled the plan")),
}


def steps_of(plan: Plan) -> list[Step]:
    """The states the plan went through, the latest first: one query. For the plan's own side to read."""
    return list(_steps(plan))


def last_step(plan: Plan) -> Step | None:
    """How the plan came into the state it is in; None where nobody wrote it down. One query."""
    return next(_steps(plan), None)


def _steps(plan: Plan) -> Iterator[Step]:
    events = AuditEvent.objects.filter(
        target_model=Plan._meta.label_lower, target_id=str(plan.pk), changes__has_key="status"
    )
    for event in events.select_related("by").order_by("-pk"):
        state = event.changes["status"][1]
        icon, words = STATE_WORDS.get(state, ("pencil-line", _("made the draft")))
        yield Step(
            state=state,
            at=event.at,
            who=str(event.by) if event.by else str(_("The system")),
            note=event.reason,
            icon=icon,
            text=str(words),
        )
