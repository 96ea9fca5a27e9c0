"""What stands around a plan's paper on its page: what it lacks, who does what, what was done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from activity.models import AuditEvent
from plans.contexts.lifecycle import STATE_WORDS
from plans.contexts.progress import PlanProgress, TaskProgress
from plans.models import Plan, Task, TaskPerformer
from units.access import allowed_units
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from units.models import User

HISTORY_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the paper leaves blank, and where on the page its place is."""

    text: str
    note: str
    target: str


@dataclass(frozen=True, slots=True)
class Matrix:
    caption: str
    corner: str
    columns: list[tuple[str, str]]
    rows: list[tuple[str, list[str]]]
    marks: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the log, in words."""

    icon: str
    text: str
    at: datetime
    who: str
    note: str


def gaps(plan: Plan, progress: PlanProgress, *, amount: int | None) -> list[Gap]:
    """What the paper leaves blank, most important first."""
    found = []
    if not plan.number or plan.issue_date is None:
        found.append(Gap(_("Number and date of issue"), _("Given by the registry when the plan is issued"), "facts"))
    if not plan.signer_name:
        found.append(Gap(_("Name of the signer"), "", "signature"))
    if amount is None:
        found.append(Gap(_("Amount of money"), _("The document names no figure"), "money"))
    tasks = progress.tasks
    undated = [task for task in tasks if task.end is None]
    if undated:
        found.append(
            Gap(
                ngettext("Deadline of %(count)d task", "Deadlines of %(count)d tasks", len(undated))
                % {"count": len(undated)},
                _numbers(undated, all_of=len(tasks)),
                "tasks",
            )
        )
    nobody = [task for task in tasks if not task.written_performers]
    if nobody:
        found.append(
            Gap(
                ngettext("Performers of %(count)d task", "Performers of %(count)d tasks", len(nobody))
                % {"count": len(nobody)},
                _numbers(nobody, all_of=len(tasks)),
                "tasks",
            )
        )
    leaderless = [
        task for task in tasks if task.written_performers and not any(each.role == "lead" for each in task.performers)
    ]
    if leaderless:
        found.append(
            Gap(
                ngettext("Lead of %(count)d task", "Leads of %(count)d tasks", len(leaderless))
                % {"count": len(leaderless)},
                _("The document only says who carries it out"),
                "tasks",
            )
        )
    return found


def _numbers(tasks: list[TaskProgress], *, all_of: int) -> str:
    if len(tasks) == all_of:
        return _("All tasks")
    return _("Tasks %(numbers)s") % {"numbers": ", ".join(task.number or "–" for task in tasks)}


def matrix(progress: PlanProgress) -> Matrix | None:
    """Who does what in the words of the document; None where it names nobody."""
    roles = dict(TaskPerformer.Role.choices)
    bodies: dict[str, dict[int, str]] = {}
    for task in progress.tasks:
        for performer in task.written_performers:
            bodies.setdefault(performer.text, {})[task.task_id] = str(roles.get(performer.role, performer.role))
    if not bodies:
        return None
    columns = [
        (task.number or str(order), f"{task.number}. {task.title}" if task.number else task.title)
        for order, task in enumerate(progress.tasks, start=1)
    ]
    # Offices write roles short in such tables; only those that stand in it are explained under it.
    shorts = {
        "lead": pgettext("mark of a role", "L"),
        "support": pgettext("mark of a role", "C"),
        "execute": pgettext("mark of a role", "X"),
        "direct": pgettext("mark of a role", "D"),
    }
    given = {each.role for task in progress.tasks for each in task.written_performers}
    return Matrix(
        caption=_("Bodies and tasks: a mark says what the document gives a body to do"),
        corner=_("Body or person"),
        columns=columns,
        rows=[(body, [cells.get(task.task_id, "") for task in progress.tasks]) for body, cells in bodies.items()],
        marks=[(short, str(roles[role])) for role, short in shorts.items() if role in given],
    )


def history(plan: Plan, user: User | AnonymousUser) -> list[Happening]:
    """The log of the plan and its tasks, newest first, as far as `user` may read the log. One query."""
    tasks = {str(task.pk): task for task in Task.objects.filter(plan=plan)}
    events = (
        AuditEvent.objects.filter(unit_path__in=allowed_units(user, Permission.AUDIT_VIEW).values("path"))
        .filter(
            Q(target_model=Plan._meta.label_lower, target_id=str(plan.pk))
            | Q(target_model=Task._meta.label_lower, target_id__in=tasks)
        )
        .select_related("by")
        .order_by("-at", "-pk")[:HISTORY_LIMIT]
    )
    return [_happening(event, tasks.get(event.target_id)) for event in events]


def _happening(event: AuditEvent, task: Task | None) -> Happening:
    changes = event.changes

    def new(name: str) -> object:
        return changes.get(name, [None, ""])[1]

    number = task.number if task else ""
    words = {
        "plans.imported": ("file-text", _("read the plan from its document")),
        **{f"plans.{state}": (icon, str(words)) for state, (icon, words) in STATE_WORDS.items()},
        "plans.progress_reported": (
            "send",
            _("reported %(percent)s%% on task %(task)s for %(unit)s")
            % {"percent": new("percent"), "task": number, "unit": new("unit")},
        ),
        "plans.created": ("file-pen-line", _("began the plan")),
        "plans.edited": ("pencil-line", _("edited the plan")),
        "plans.amendment_drafted": ("file-pen-line", _("began to draft an amendment")),
        "plans.amendment_edited": ("pencil-line", _("edited the draft of the amendment")),
        "plans.amendment_cancelled": ("x", _("gave up the draft of the amendment")),
        "plans.amended": ("stamp", _("issued the amendment %(amendment)s") % {"amendment": new("amendment")}),
        "plans.progress_drafted": (
            "pencil-line",
            _("wrote a draft of the report on task %(task)s for %(unit)s") % {"task": number, "unit": new("unit")},
        ),
        "plans.progress_accepted": (
            "circle-check",
            _("accepted the report of %(unit)s on task %(task)s: %(percent)s%%")
            % {"percent": new("percent"), "task": number, "unit": new("unit")},
        ),
        "plans.progress_returned": (
            "undo-2",
            _("returned the report of %(unit)s on task %(task)s: %(percent)s%%")
            % {"percent": new("percent"), "task": number, "unit": new("unit")},
        ),
        "plans.reporting_set": ("calendar-clock", _("set how often units report")),
        "plans.periods_made": (
            "calendar-clock",
            _("made reporting periods with %(reports)s due reports") % {"reports": new("reports")},
        ),
        "plans.reports_asked_for": ("send", _("asked the units for reports: %(period)s") % {"period": new("period")}),
        "plans.period_locked": ("lock", _("locked the reporting period %(period)s") % {"period": new("period")}),
        "plans.period_unlocked": (
            "lock-open",
            _("opened the reporting period %(period)s again") % {"period": new("period")},
        ),
        "plans.period_exception_made": (
            "lock-open",
            _("let %(unit)s report in %(period)s after all") % {"unit": new("unit"), "period": new("period")},
        ),
        "plans.unit_assigned": (
            "building-2",
            _("gave task %(task)s to %(unit)s") % {"task": number, "unit": new("unit")},
        ),
    }
    icon, text = words.get(event.action, ("circle-dot", event.action))
    return Happening(
        icon=icon,
        text=text,
        at=event.at,
        who=str(event.by) if event.by else _("The system"),
        note=str(new("note") or event.reason or ""),
    )
