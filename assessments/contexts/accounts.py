"""How a total came about, in the reader's words: page, PDF and API show the same numbers with the same decimals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import scoring
from assessments.contexts.wording import plain_number, share
from assessments.models import Criterion
from isoportal.templatetags import formats
from isoportal.templatetags.formats import in_vietnamese

Values = Mapping[str, Any]


def exact(value: Decimal | None) -> str:
    """With all its decimals, at least two: 4,995 (vi)."""
    if value is None or value == value.quantize(Decimal("0.01")):
        return formats.score(value)
    return plain_number(value)


@dataclass(frozen=True, kw_only=True)
class AccountLine:
    """A group: its addends in one text, what it comes to, and the sum of the groups so far (None of a group within
    another). The sum above counts it `weight` times."""

    code: str
    title: str
    depth: int
    addends: str
    points: Decimal | None
    weight: Decimal
    running: Decimal | None

    @property
    def points_text(self) -> str:
        """ "4,75" or, of a group that counts otherwise than once, "4,75 × 1,5"."""
        weight = f" × {plain_number(self.weight)}" if self.weight != 1 and self.points is not None else ""
        return f"{exact(self.points)}{weight}"

    @property
    def running_text(self) -> str:
        return "" if self.running is None else exact(self.running)


@dataclass(frozen=True, kw_only=True)
class AccountStep:
    """What happens to the sum of the groups: `points` is the number after it, None where the grade is told."""

    label: str
    text: str
    points: Decimal | None = None

    @property
    def points_text(self) -> str:
        return "" if self.points is None else exact(self.points)


@dataclass(frozen=True, kw_only=True)
class SheetAccount:
    """`total` None: nothing scored. `grade` is the title, "" without a grade. `lead` says what is still missing."""

    total: Decimal | None
    maximum: Decimal
    lead: str
    lines: Sequence[AccountLine]
    steps: Sequence[AccountStep]
    notes: Sequence[str]
    grade: str
    is_complete: bool


def grade_title(policy: scoring.Policy, code: str) -> str:
    """The title of a grade in the reader's language; "" of none."""
    grade = policy.grade(code)
    if grade is None:
        return ""
    return grade.title if in_vietnamese() else grade.title_en or grade.title


def _addend(term: scoring.Account) -> str:
    name = f"{term.code}: " if term.node is scoring.Node.GROUP else ""
    weight = f" × {plain_number(term.weight)}" if term.weight != 1 else ""
    return f"{name}{exact(term.points)}{weight}"


def _addends(account: scoring.Account) -> str:
    """ "4,00 + 3,00 × 0,5, 1 criterion left"; of a group in which nothing is scored "not scored yet"."""
    own = [term for term in account.terms if term.node is scoring.Node.CRITERION]
    added = " + ".join(_addend(term) for term in account.terms if term.points is not None)
    skipped = sum(term.not_applicable and term.points is None for term in own)
    left = sum(term.points is None and not term.not_applicable for term in own)
    parts = [added] if added else []
    if skipped:
        parts.append(ngettext("%(n)s not applicable", "%(n)s not applicable", skipped) % {"n": skipped})
    if left and added:
        parts.append(ngettext("%(n)s criterion left", "%(n)s criteria left", left) % {"n": left})
    return ", ".join(parts) if parts else _("not scored yet")


def _title(criterion: Criterion | None) -> str:
    if criterion is None:
        return ""
    return criterion.title if in_vietnamese() else criterion.title_en or criterion.title


def _lines(account: scoring.Account, by_code: Mapping[str, Criterion]) -> list[AccountLine]:
    lines: list[AccountLine] = []

    def add(group: scoring.Account, depth: int, running: Decimal | None) -> None:
        lines.append(
            AccountLine(
                code=group.code,
                title=_title(by_code.get(group.code)),
                depth=depth,
                addends=_addends(group),
                points=group.points,
                weight=group.weight,
                running=running,
            )
        )
        for term in group.terms:
            if term.node is scoring.Node.GROUP:
                add(term, depth + 1, None)

    running = Decimal(0)
    for group in account.terms:
        if group.node is scoring.Node.GROUP:
            running += group.term or 0
            add(group, 0, running)
    return lines


def _scaled(values: Values) -> tuple[str, str]:
    told = {name: exact(values[name]) for name in ("given", "maximum", "applicable", "points")}
    text = "{given} × {maximum} / {applicable} = {points}".format(**told)
    return _("Without what is not applicable"), text


def _rounded(values: Values) -> tuple[str, str]:
    decimals = values["decimals"]
    places = ngettext("%(n)s decimal", "%(n)s decimals", decimals) % {"n": decimals}
    mode = {
        scoring.Mode.HALF_UP: _("half up"),
        scoring.Mode.HALF_EVEN: _("half to even"),
        scoring.Mode.DOWN: _("down"),
    }[values["mode"]]
    return _("Rounded"), f"{exact(values['given'])} → {exact(values['points'])} ({places}, {mode})"


_STEPS: dict[str, Callable[[Values], tuple[str, str]]] = {
    "sum": lambda values: (_("Sum of the groups"), ""),
    "scaled": _scaled,
    "rounded": _rounded,
    "ceiling": lambda values: (_("Highest total"), f"{exact(values['given'])} > {exact(values['limit'])}"),
    "floor": lambda values: (_("Lowest total"), f"{exact(values['given'])} < {exact(values['limit'])}"),
}


def _extra(account: scoring.Account, label: str, sign: str) -> tuple[str, str]:
    """ "+ (2,00 × 2 + 1,00), at most 3,00 count"."""
    added = " + ".join(_addend(term) for term in account.terms if term.points)
    text = f"{sign} ({added})" if " + " in added else f"{sign} {added}"
    for step in account.steps:
        if step.name == "capped":
            text = _("%(added)s, at most %(cap)s count") % {"added": text, "cap": exact(step.values["cap"])}
    return label, text


def _graded(values: Values, policy: scoring.Policy) -> AccountStep:
    reached = exact(values["points"])
    if policy.grade_on is scoring.GradeOn.PERCENT:
        reached = share(values["percent"], formats.score(values["percent"]))
    least = plain_number(values["least"])
    text = _("%(title)s: %(reached)s is at least %(least)s") % {
        "title": grade_title(policy, values["grade"]),
        "reached": reached,
        "least": least,
    }
    return AccountStep(label=_("Grade"), text=text)


def _knocked_out(values: Values, policy: scoring.Policy) -> AccountStep:
    text = _("%(code)s has %(points)s, under %(below)s: at most %(grade)s") % {
        "code": values["code"],
        "points": exact(values["points"]),
        "below": exact(values["below"]),
        "grade": grade_title(policy, values["at_most"]),
    }
    return AccountStep(label=_("Knock-out"), text=f"{text}. {values['reason']}".rstrip(". ") + ".")


def _steps(outcome: scoring.Outcome, policy: scoring.Policy) -> list[AccountStep]:
    extra = {term.node: term for term in outcome.account.terms}
    steps = []
    for step in outcome.account.steps:
        if step.name == "graded":
            steps.append(_graded(step.values, policy))
            continue
        if step.name == "knocked_out":
            steps.append(_knocked_out(step.values, policy))
            continue
        if step.name == "bonus":
            label, text = _extra(extra[scoring.Node.BONUS], _("Bonus"), "+")
        elif step.name == "deduction":
            label, text = _extra(extra[scoring.Node.DEDUCTION], _("Deduction"), "−")
        else:
            label, text = _STEPS[step.name](step.values)
        steps.append(AccountStep(label=label, text=text, points=step.values["points"]))
    # The sum of the groups alone says what the last running total says already.
    return steps[1:] if steps and (len(steps) == 1 or steps[1].points is None) else steps


def _lead(outcome: scoring.Outcome) -> str:
    if outcome.total is None:
        return _("Nothing is scored yet.")
    left = outcome.of - outcome.scored
    if not left:
        return _("of %(maximum)s points") % {"maximum": plain_number(outcome.maximum)}
    text = ngettext(
        "of %(reachable)s points of %(scored)s criteria scored; the %(left)s left is worth at most %(rest)s points.",
        "of %(reachable)s points of %(scored)s criteria scored; the %(left)s left are worth at most %(rest)s points.",
        left,
    )
    return text % {
        "reachable": plain_number(outcome.reachable),
        "scored": outcome.scored,
        "left": left,
        "rest": plain_number(outcome.maximum - outcome.reachable),
    }


def _notes(outcome: scoring.Outcome, policy: scoring.Policy) -> list[str]:
    notes = []
    extra = {term.node for term in outcome.account.terms} & {scoring.Node.BONUS, scoring.Node.DEDUCTION}
    if not extra:
        notes.append(_("Bonus, deduction: none."))
    if not outcome.not_applicable:
        notes.append(_("Criteria not applicable: none."))
    else:
        counted = {
            scoring.NotApplicable.EXCLUDED: _("they leave the sum, and the rest is put on the full scale."),
            scoring.NotApplicable.FULL: _("they earn their maximum."),
            scoring.NotApplicable.ZERO: _("they count as 0."),
        }[policy.not_applicable]
        notes.append(
            _("Criteria not applicable: %(n)s; %(counted)s") % {"n": outcome.not_applicable, "counted": counted}
        )
    notes.append(
        _("Each criterion is rounded to two decimals, half up; a criterion that is not scored is not counted as 0.")
    )
    if policy.grades and not outcome.is_complete and outcome.total is not None:
        notes.append(_("The grade is provisional: not every criterion is scored yet."))
    return notes


def sheet_account(outcome: scoring.Outcome, criteria: Iterable[Criterion], policy: scoring.Policy) -> SheetAccount:
    """`criteria`: those of the sheet, groups included, for their titles."""
    by_code = {criterion.code: criterion for criterion in criteria}
    return SheetAccount(
        total=outcome.total,
        maximum=outcome.maximum,
        lead=_lead(outcome),
        lines=_lines(outcome.account, by_code),
        steps=_steps(outcome, policy),
        notes=_notes(outcome, policy),
        grade=grade_title(policy, outcome.grade),
        is_complete=outcome.is_complete,
    )


def _told(value: object) -> object:
    """A number as a text with its decimals, so that no reader makes a float of it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list | tuple):
        return [_told(each) for each in value]
    return value


def account_data(account: scoring.Account) -> dict[str, Any]:
    """The tree as JSON: what a program needs to work the total out again."""
    return {
        "code": account.code,
        "node": account.node.value,
        "points": _told(account.points),
        "maximum": _told(account.maximum),
        "weight": _told(account.weight),
        "light": account.light,
        "not_applicable": account.not_applicable,
        "steps": [
            {"name": step.name, **{name: _told(value) for name, value in step.values.items()}} for step in account.steps
        ],
        "terms": [account_data(term) for term in account.terms],
    }
