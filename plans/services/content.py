"""Saving the content of a plan on the desk, and making a new plan by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from plans.contexts.content import HEAD, PlanContent, content_of
from plans.contexts.diff import Change, diff
from plans.models import Plan, Section, Task
from plans.period import parse_period
from plans.permissions import EDITABLE
from plans.services.citations import link_citations
from plans.services.preparing import ForeignTask, prepared
from plans.services.standing import LastStep, locked
from plans.services.writing import write_parts
from units.models import Unit, User

# More than this of one part is counted in the log, not spelt out.
SPELT_OUT = 20


class NotOnTheDesk(Exception):
    """The plan is submitted, issued or over: nobody edits it now. `plan` is as it is now."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.step = LastStep.of(plan, of_state=True)

    def __str__(self) -> str:
        said = _("The plan cannot be edited any more: its state is “%(state)s”.") % {
            "state": self.plan.get_status_display()
        }
        return f"{said} {self.step}".strip()


class StaleContent(Exception):
    """Somebody saved the plan since it was opened: `theirs` is what they saved, `plan` the row as it is now."""

    def __init__(self, plan: Plan, theirs: PlanContent) -> None:
        self.plan, self.theirs = plan, theirs
        self.step = LastStep.of(plan)

    def __str__(self) -> str:
        said = _("The plan was changed after you opened it. Nothing you typed is lost: compare both below, then save.")
        return f"{said} {self.step}".strip()


class OtherProvince(Exception):
    """The plan to be carried out is not of the unit's province."""

    def __str__(self) -> str:
        return _("The plan above must be a plan of your own province. Choose another.")


@transaction.atomic
def save_content(*, plan: Plan, content: PlanContent, expected_version: int, by: User | None) -> Plan:
    """Make `content` the content of a plan that is a draft or was returned. Saving what is already there does nothing.

    Tasks keep their rows, the sections that print them follow them. Raises StaleContent when the plan's version is not
    `expected_version`, NotOnTheDesk, TaskHasReports, UnknownUnit, ForeignTask.
    """
    now = locked(plan)
    if now.status not in EDITABLE:
        raise NotOnTheDesk(now)
    before = content_of(now)
    if now.version != expected_version:
        raise StaleContent(now, before)
    after = prepared(now, before, content)
    if after == before:
        return now
    for name in HEAD:
        setattr(now, name, getattr(after, name))
    head = {name: getattr(after, name) for name in HEAD} | {"search_text": now.words_to_search()}
    rows = Plan.objects.filter(pk=now.pk, version=expected_version, status__in=EDITABLE)
    if not rows.update(version=F("version") + 1, updated_at=timezone.now(), **head):
        raise StaleContent(now, before)
    write_parts(now, before, after)
    if after.legal_bases != before.legal_bases:
        link_citations(plan=now, by=by)
    now.refresh_from_db()
    record(by=by, action="plans.edited", target=now, unit_path=now.unit.path, changes=logged(diff(before, after)))
    return now


def logged(changes: list[Change]) -> dict[str, list[Any]]:
    """Changes as the log keeps them: the fields of the head by name, everything else by part."""
    log: dict[str, list[Any]] = {}
    parts: dict[str, list[Change]] = {}
    for change in changes:
        if change.part == "head":
            log[change.field] = [change.before, change.after]
        else:
            parts.setdefault(change.part, []).append(change)
    for part, own in parts.items():
        shown = own[:SPELT_OUT]
        rest = [_("and %(count)d more") % {"count": len(own) - SPELT_OUT}] if len(own) > SPELT_OUT else []
        log[part] = [
            [f"{each.what}: {each.before}" for each in shown if each.before],
            [f"{each.what}: {each.after}" for each in shown if each.after] + rest,
        ]
    return log


# The parts of a plan in the order and words of NĐ 30/2020/NĐ-CP, phụ lục III, mẫu 1.4; documents are Vietnamese.
_SKELETON = [
    (Section.Kind.PURPOSES, "I.", "MỤC ĐÍCH, YÊU CẦU"),
    (Section.Kind.TASKS, "II.", "NHIỆM VỤ VÀ TIẾN ĐỘ THỰC HIỆN"),
    (Section.Kind.FUNDING, "III.", "KINH PHÍ THỰC HIỆN"),
    (Section.Kind.RESPONSIBILITIES, "IV.", "TỔ CHỨC THỰC HIỆN"),
]


@transaction.atomic
def create_plan(
    *, unit: Unit, kind: str, title: str, by: User | None, parent: Plan | None = None, year: int | None = None
) -> Plan:
    """A plan written by hand: a draft of `unit` with the headings of a plan and nothing under them.

    `parent` is the plan it carries out; it must be of the same province (OtherProvince).
    """
    if parent is not None and parent.unit.root_path != unit.root_path:
        raise OtherProvince
    root = unit.root_path
    province = Unit.objects.filter(path=root).only("place").first()
    plan = Plan.objects.create(
        unit=unit,
        parent=parent,
        kind=kind.strip()[:60],
        title=title.strip(),
        issuer=unit.name[:200],
        place=(unit.place or (province.place if province else ""))[:120],
        issue_year=year or (timezone.localdate().year),
        created_by=by,
    )
    Section.objects.bulk_create(
        Section(plan=plan, order=order, kind=kind_of_section, label=label, title=heading)
        for order, (kind_of_section, label, heading) in enumerate(_SKELETON)
    )
    record(
        by=by,
        action="plans.created",
        target=plan,
        unit_path=unit.path,
        changes={
            "status": [None, plan.status],
            "kind": [None, plan.kind],
            "parent": [None, str(parent) if parent else None],
        },
    )
    return plan


HEAD_FIELDS = frozenset(HEAD) - {"number"}
TASK_FIELDS = frozenset({"number", "title", "group", "period_text", "start", "end", "quantity", "deliverable"})


class StaleTask(Exception):
    """Somebody changed the task since it was read; `task` is as it is now."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def __str__(self) -> str:
        return _("The task was changed after you read it. Read it again and make your change on what it is now.")


@transaction.atomic
def edit_head(*, plan: Plan, expected_version: int, by: User | None, **values: Any) -> Plan:
    """Change some of `HEAD_FIELDS` of a plan on the desk. Raises what `save_content` raises."""
    now = locked(plan)
    content = replace(content_of(now), **{name: values[name] for name in values if name in HEAD_FIELDS})
    return save_content(plan=now, content=content, expected_version=expected_version, by=by)


@transaction.atomic
def edit_task(*, task: Task, expected_version: int, by: User | None, **values: Any) -> Plan:
    """Change some of `TASK_FIELDS` of one task of a plan on the desk; its paragraph follows. A new `period_text` gives
    the days it names unless days are given with it. Raises StaleTask, NotOnTheDesk, ForeignTask.
    """
    plan = locked(task.plan)
    now = Task.objects.get(pk=task.pk)
    if plan.status not in EDITABLE:
        raise NotOnTheDesk(plan)
    if now.version != expected_version:
        raise StaleTask(now)
    content = content_of(plan)
    values = {name: values[name] for name in values if name in TASK_FIELDS}
    if "period_text" in values and not {"start", "end"} & values.keys():
        period = parse_period(values["period_text"], default_year=plan.issue_year)
        values |= {"start": period.start, "end": period.end}
    tasks = tuple(replace(each, **values) if each.id == now.pk else each for each in content.tasks)
    if now.pk not in {each.id for each in tasks}:
        raise ForeignTask
    return save_content(plan=plan, content=replace(content, tasks=tasks), expected_version=plan.version, by=by)
