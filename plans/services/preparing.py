"""Content on its way into the database: words tidied, bodies matched to units, the paper made to follow its tasks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from plans.contexts.content import PerformerContent, PlanContent, ResponsibilityContent, TaskContent
from plans.contexts.printing import follow
from plans.document.model import IssueDate
from plans.models import Plan, Task
from plans.services.matching import UnitNames, day_of
from units.models import Unit


class UnknownUnit(Exception):
    """A performer was linked to a unit that does not exist or is of another province."""

    def __str__(self) -> str:
        return _("One of the units chosen is not in the province of this plan. Choose it again by its name.")


class ForeignTask(Exception):
    """The content speaks of the row of a task that this plan does not have."""

    def __str__(self) -> str:
        return _("One of the tasks is not in this plan any more. Reload the page and make the change again.")


def prepared(plan: Plan, before: PlanContent, content: PlanContent) -> PlanContent:
    """`content` as it is to be stored where `before` is now. What did not change stays as it is, links included.

    Raises UnknownUnit, ForeignTask. Up to three queries.
    """
    require_own(plan, before, content)
    names: UnitNames | None = None
    known = {each.id: each for each in before.tasks if each.id}
    tasks = []
    for task in content.tasks:
        old = known.get(task.id) if task.id else None
        if old is None or old.performers != task.performers:
            names = names or UnitNames.of_tree(plan.unit, on=_day(content))
            task = replace(task, performers=tuple(_linked(task, old, names)))
        tasks.append(task)
    linked = {(each.body, each.unit) for each in before.responsibilities}
    bodies = []
    for each in content.responsibilities:
        if each.unit is None and (each.body, each.unit) not in linked:
            names = names or UnitNames.of_tree(plan.unit, on=_day(content))
            each = _matched(each, names)
        bodies.append(each)
    # A record of the register comes by the citation's words alone, never by an id that a form sent.
    known_documents = {each.document for each in before.legal_bases}
    bases = [each if each.document in known_documents else replace(each, document=None) for each in content.legal_bases]
    content = replace(content, tasks=tuple(tasks), responsibilities=tuple(bodies), legal_bases=tuple(bases))
    return follow(before, content)


def _linked(task: TaskContent, old: TaskContent | None, names: UnitNames) -> Iterator[PerformerContent]:
    """Each performer with the unit its words name, unless one was chosen; a unit is linked once in a role."""
    kept = set(old.performers) if old else set()
    seen: set[tuple[int, str]] = set()
    for each in task.performers:
        unit = each.unit
        if unit is None and each not in kept:
            found = names.find(each.text)
            unit = found.pk if found else None
        if unit is not None:
            if (unit, each.role) in seen:
                unit = None
            else:
                seen.add((unit, each.role))
        yield replace(each, unit=unit)


def _matched(each: ResponsibilityContent, names: UnitNames) -> ResponsibilityContent:
    found = names.find(each.body)
    return replace(each, unit=found.pk if found else None)


def require_own(plan: Plan, before: PlanContent, content: PlanContent) -> None:
    """Raises UnknownUnit, ForeignTask where `content` speaks of what is not the plan's. Up to two queries."""
    _require_own_tasks(plan, before, content)
    _require_own_units(plan, before, content)


def _require_own_tasks(plan: Plan, before: PlanContent, content: PlanContent) -> None:
    given = [task.id for task in content.tasks if task.id]
    unknown = set(given) - {task.id for task in before.tasks}
    if len(set(given)) != len(given):
        raise ForeignTask
    if unknown and Task.objects.filter(pk__in=unknown, plan=plan, origin=Task.Origin.PLAN).count() != len(unknown):
        raise ForeignTask


def _require_own_units(plan: Plan, before: PlanContent, content: PlanContent) -> None:
    chosen = _units(content) - _units(before)
    root = plan.unit.root_path
    if chosen and Unit.objects.filter(pk__in=chosen, path__startswith=root).count() != len(chosen):
        raise UnknownUnit


def _units(content: PlanContent) -> set[int]:
    performers = {each.unit for task in content.tasks for each in task.performers if each.unit}
    return performers | {each.unit for each in content.responsibilities if each.unit}


def _day(content: PlanContent) -> date:
    return day_of(IssueDate(content.issue_year, content.issue_month, content.issue_day))
