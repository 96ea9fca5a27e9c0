"""The acts that bring a plan from one state into another, as `plans.permissions.ACTS` has them.

Each is one conditional UPDATE: of two people who act at once one wins, and the other is told what the plan is now and
who made it so. `version` is what the person saw on the page; without it only the state counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.models import AuditEvent
from activity.services import record
from plans.contexts.lifecycle import ACT_WORDS, OpenMatters, open_matters
from plans.models import Evidence, Plan, TaskPerformer
from plans.permissions import ACTS, Act
from plans.services.standing import LastStep, locked
from plans.services.told import reporters_of
from units.access import holders
from units.models import Unit, User
from units.permissions import Permission


class PlanRefused(Exception):
    """Why an act on a plan was not done."""


class NotPossibleNow(PlanRefused):
    """The plan is in a state in which this is not done; `plan` is as it is now."""

    def __init__(self, plan: Plan, act: Act) -> None:
        self.plan, self.act = plan, act
        self.step = LastStep.of(plan, of_state=True)

    def __str__(self) -> str:
        said = _("This cannot be done now (%(act)s): the plan's state is “%(state)s”.") % {
            "act": ACT_WORDS[self.act].label,
            "state": self.plan.get_status_display(),
        }
        return f"{said} {self.step}".strip()


class PlanChanged(PlanRefused):
    """Somebody changed the plan since the person looked at it: what they decide on is not what they saw."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.step = LastStep.of(plan)

    def __str__(self) -> str:
        said = _("The plan was changed after you opened this page. Look at it again, then decide.")
        return f"{said} {self.step}".strip()


class CannotIssue(PlanRefused):
    """`missing` names what the paper lacks: any of number, date, signer."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing

    def __str__(self) -> str:
        words = {"number": _("its number"), "date": _("its full date"), "signer": _("the signer's name")}
        return _("The plan cannot be issued yet. It still lacks: %(parts)s.") % {
            "parts": ", ".join(words[part] for part in self.missing)
        }


class DateContradictsPaper(PlanRefused):
    """The day given is not in the month or year that the paper already states."""

    def __str__(self) -> str:
        return _("The paper already states its month and year: give a day in that month.")


class DateToCome(PlanRefused):
    def __str__(self) -> str:
        return _("The date of issue is still to come. Give the day on which the plan was signed.")


class NumberTaken(PlanRefused):
    """`plan` bears the number already: a registry gives it once a year."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __str__(self) -> str:
        return _("The number %(number)s of %(year)s is taken by another plan: “%(title)s”. Check the number.") % {
            "number": self.plan,
            "year": self.plan.issue_year,
            "title": self.plan.title,
        }


class NoReason(PlanRefused):
    def __str__(self) -> str:
        return _("Say why: the reason is kept with the plan and shown to those it concerns.")


class StillOpen(PlanRefused):
    """`matters` tells what of the plan is not finished; it is closed all the same when a reason is given."""

    def __init__(self, matters: OpenMatters) -> None:
        self.matters = matters

    def __str__(self) -> str:
        return _("Not everything of this plan is finished: %(matters)s. Finish it, or say why you close it so.") % {
            "matters": ", ".join(self.matters.words())
        }


@transaction.atomic
def submit_plan(*, plan: Plan, by: User | None, version: int | None = None) -> Plan:
    """Lay a draft before those who decide on it; they are told. Raises NotPossibleNow, PlanChanged."""
    now = _possible(plan, Act.SUBMIT, version)
    deciding = holders(Permission.PLAN_DECIDE, now.unit) | holders(Permission.PLAN_ISSUE, now.unit)
    return _move(now, Act.SUBMIT, by=by, notify=deciding)


@transaction.atomic
def return_plan(*, plan: Plan, reason: str, by: User | None, version: int | None = None) -> Plan:
    """Give a submitted plan back to who submitted it, with a reason. Raises NoReason, NotPossibleNow, PlanChanged."""
    now = _possible(plan, Act.RETURN, version)
    return _move(now, Act.RETURN, by=by, reason=reason, notify=_writers(now))


@transaction.atomic
def issue_plan(
    *,
    plan: Plan,
    by: User | None,
    number: str = "",
    issue_date: date | None = None,
    signer_name: str = "",
    symbol: str = "",
    signed_file: Evidence | None = None,
    version: int | None = None,
) -> Plan:
    """Record that a plan was issued. Number, day, signer and symbol may be given here where the paper still leaves them
    blank; what the paper already says is never overwritten. Those who report for its units are told.

    Raises CannotIssue with what is missing, DateContradictsPaper, DateToCome, NumberTaken, NotPossibleNow, PlanChanged.
    """
    now = _possible(plan, Act.ISSUE, version)
    before = _paper(now)
    now.number = now.number or number.strip()
    now.symbol = now.symbol or symbol.strip()
    now.signer_name = now.signer_name or signer_name.strip()
    if now.issue_date is None and issue_date is not None:
        if now.issue_year not in {None, issue_date.year} or now.issue_month not in {None, issue_date.month}:
            raise DateContradictsPaper
        now.issue_year, now.issue_month, now.issue_day = issue_date.year, issue_date.month, issue_date.day
    lacking = {"number": now.number, "date": now.issue_date, "signer": now.signer_name}
    if missing := [part for part, value in lacking.items() if not value]:
        raise CannotIssue(missing)
    if now.issue_date and now.issue_date > timezone.localdate():
        raise DateToCome
    _require_free_number(now)
    after = _paper(now)
    values: dict[str, Any] = {
        "number": now.number,
        "symbol": now.symbol,
        "issue_year": now.issue_year,
        "issue_month": now.issue_month,
        "issue_day": now.issue_day,
        "signer_name": now.signer_name,
        "search_text": now.words_to_search(),
        "issued_at": timezone.now(),
    }
    changes: dict[str, Any] = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if signed_file is not None:
        values["signed_file"] = signed_file
        changes["signed_file"] = [None, str(signed_file)]
    told = {*_reporters(now), *_writers(now)}
    return _move(now, Act.ISSUE, by=by, notify=told, changes=changes, **values)


@transaction.atomic
def close_plan(*, plan: Plan, by: User | None, reason: str = "", version: int | None = None) -> Plan:
    """End a plan whose work is done. While obstacles are open, updates undecided or reports due it takes a reason.

    Raises StillOpen with what is not finished, NotPossibleNow, PlanChanged.
    """
    now = _possible(plan, Act.CLOSE, version)
    matters = open_matters(now, on=timezone.localdate())
    if matters and not reason.strip():
        raise StillOpen(matters)
    left = {"left_open": [None, ", ".join(matters.words())]} if matters else {}
    return _move(now, Act.CLOSE, by=by, reason=reason, notify=_reporters(now), changes=left)


@transaction.atomic
def cancel_plan(*, plan: Plan, reason: str, by: User | None, version: int | None = None) -> Plan:
    """Withdraw a plan, with a reason: the units that were to carry it out are told, and who wrote it.

    Raises NoReason, NotPossibleNow, PlanChanged.
    """
    now = _possible(plan, Act.CANCEL, version)
    return _move(now, Act.CANCEL, by=by, reason=reason, notify={*_reporters(now), *_writers(now)})


def _possible(plan: Plan, act: Act, version: int | None) -> Plan:
    """The plan as it is now, locked, if `act` can be done in its state and it is what the person saw."""
    now = locked(plan)
    if now.status not in ACTS[act].states:
        raise NotPossibleNow(now, act)
    if version is not None and now.version != version:
        raise PlanChanged(now)
    return now


def _move(
    now: Plan,
    act: Act,
    *,
    by: User | None,
    notify: Iterable[int],
    reason: str = "",
    changes: dict[str, Any] | None = None,
    **values: Any,
) -> Plan:
    rule, reason = ACTS[act], reason.strip()
    if rule.reason and not reason:
        raise NoReason
    before = now.status
    rows = Plan.objects.filter(pk=now.pk, status=before, version=now.version)
    if not rows.update(status=rule.to, version=F("version") + 1, updated_at=timezone.now(), **values):
        raise NotPossibleNow(Plan.objects.get(pk=now.pk), act)
    now.refresh_from_db()
    record(
        by=by,
        action=f"plans.{rule.to}",
        target=now,
        unit_path=now.unit.path,
        changes={"status": [before, rule.to], **(changes or {})},
        reason=reason,
        notify=notify,
    )
    return now


def _require_free_number(plan: Plan) -> None:
    """A registry gives a number once a year; two plans issued at once wait for each other at their unit's row."""
    Unit.objects.select_for_update(no_key=True).get(pk=plan.unit_id)
    others = Plan.objects.exclude(pk=plan.pk).filter(
        unit=plan.unit,
        number=plan.number,
        symbol=plan.symbol,
        issue_year=plan.issue_year,
        status__in=[Plan.Status.ISSUED, Plan.Status.CLOSED],
    )
    if taken := others.first():
        raise NumberTaken(taken)


def _reporters(plan: Plan) -> list[int]:
    performing = TaskPerformer.objects.performing().filter(task__plan=plan)
    return reporters_of(Unit.objects.filter(pk__in=performing.values("unit")))


def _writers(plan: Plan) -> set[int]:
    """Who submitted the plan last, and who made it."""
    submitted = AuditEvent.objects.filter(
        target_model=Plan._meta.label_lower, target_id=str(plan.pk), action="plans.submitted"
    )
    last = submitted.order_by("-pk").values_list("by_id", flat=True).first()
    return {pk for pk in (last, plan.created_by_id) if pk}


def _paper(plan: Plan) -> dict[str, str]:
    """What issuing may fill in; the date with its blanks: "2024-02-" while the day is missing."""
    day = f"{plan.issue_year or ''}-{plan.issue_month or ''}-{plan.issue_day or ''}"
    return {"number": plan.number, "symbol": plan.symbol, "issue_date": day, "signer_name": plan.signer_name}
