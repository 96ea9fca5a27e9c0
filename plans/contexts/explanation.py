"""Where a figure comes from: the arithmetic of progress in words, down to what each unit said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from plans.contexts.progress import PerformerProgress, PlanProgress, TaskProgress

TENTH = Decimal("0.1")
BLANK = "–"


@dataclass(frozen=True, slots=True)
class Explanation:
    """`figure` (percent) and how it comes about: `arithmetic` in words, from `parts`, each explained in turn.

    A part that is `left_out` counts nowhere, and `arithmetic` says why.
    """

    label: str
    figure: Decimal | None
    arithmetic: str
    parts: tuple[Explanation, ...] = ()
    weight: Decimal | None = None
    left_out: bool = False


def explain_plan(progress: PlanProgress) -> Explanation:
    tops = [task for task in progress.tasks if task.parent_id is None]
    parts = tuple(_of_task(task, progress.tasks) for task in tops)
    return Explanation(_("The plan"), progress.percent, arithmetic(parts, _("tasks")), parts)


def explain_task(task: TaskProgress, progress: PlanProgress) -> Explanation:
    return _of_task(task, progress.tasks)


def _of_task(task: TaskProgress, tasks: Sequence[TaskProgress]) -> Explanation:
    label = f"{task.number}. {task.title}" if task.number else task.title
    if task.is_cancelled:
        return Explanation(label, None, _("cancelled, left out"), weight=task.weight, left_out=True)
    if task.part_ids:
        by_id = {each.task_id: each for each in tasks}
        parts = tuple(_of_task(by_id[pk], tasks) for pk in task.part_ids)
        return Explanation(label, task.percent, arithmetic(parts, _("parts")), parts, task.weight, task.percent is None)
    parts = tuple(_of_unit(each) for each in _units(task))
    return Explanation(label, task.percent, arithmetic(parts, _("units")), parts, task.weight, task.percent is None)


def _units(task: TaskProgress) -> list[PerformerProgress]:
    return list({each.unit_id: each for each in task.performers if each.expected}.values())


def _of_unit(performer: PerformerProgress) -> Explanation:
    said = []
    if performer.percent is None:
        said.append(_("nothing accepted yet: blank is not zero"))
    else:
        said.append(_("the last value accepted"))
    if performer.waiting is not None:
        said.append(_("%(percent)s%% waits for acceptance and does not count") % {"percent": performer.waiting})
    figure = None if performer.percent is None else Decimal(performer.percent)
    return Explanation(performer.unit_name, figure, "; ".join(said), left_out=figure is None)


def arithmetic(parts: Sequence[Explanation], noun: str) -> str:
    """ "(40 × 2 + 70 × 1) : 3 = 50", or the plain mean where all weigh the same; what is left out is counted."""
    counted = [part for part in parts if not part.left_out and part.figure is not None]
    without = len(parts) - len(counted)
    left_out = _("%(count)s %(noun)s without a value left out") % {"count": without, "noun": noun} if without else ""
    if not counted:
        return left_out or _("nothing to count")
    weights = [Decimal(1) if part.weight is None else part.weight for part in counted]
    pairs = list(zip(counted, weights, strict=True))
    total = sum((part.figure or Decimal(0)) * weight for part, weight in pairs)
    result = shown(Decimal(total) / sum(weights))
    if len(counted) == 1:
        sums = _("the only value: %(result)s%%") % {"result": result}
    elif set(weights) == {Decimal(1)}:
        terms = " + ".join(shown(part.figure) for part in counted)
        sums = f"({_shortened(terms)}) : {len(counted)} = {result} %"
    else:
        terms = " + ".join(f"{shown(part.figure)} × {shown(weight)}" for part, weight in pairs)
        sums = f"({_shortened(terms)}) : {shown(sum(weights, Decimal(0)))} = {result} %"
    return f"{sums}; {left_out}" if left_out else sums


def shown(value: Decimal | None) -> str:
    """One place, rounded half up, with the comma of Vietnamese; whole numbers without."""
    if value is None:
        return BLANK
    rounded = value.quantize(TENTH, ROUND_HALF_UP)
    return (str(rounded.to_integral_value()) if rounded == rounded.to_integral_value() else str(rounded)).replace(
        ".", ","
    )


def _shortened(terms: str) -> str:
    """A hundred units need not be written out: each stands below with its own value."""
    parts = terms.split(" + ")
    return terms if len(parts) <= 12 else " + ".join([*parts[:5], "…", *parts[-2:]])
