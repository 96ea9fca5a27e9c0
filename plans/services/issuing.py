from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import Plan
from units.models import User


class CannotIssue(Exception):
    """`missing` names what the paper lacks: any of number, date, signer."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing

    def __str__(self) -> str:
        words = {"number": _("its number"), "date": _("its full date"), "signer": _("the signer's name")}
        return _("The plan cannot be issued yet. It still lacks: %(parts)s.") % {
            "parts": ", ".join(words[part] for part in self.missing)
        }


class AlreadyIssued(Exception):
    def __str__(self) -> str:
        return _("Somebody has issued this plan already. Reload the page to see it.")


class DateContradictsPaper(Exception):
    """The day given is not in the month or year that the paper already states."""

    def __str__(self) -> str:
        return _("The paper already states its month and year: give a day in that month.")


@transaction.atomic
def issue_plan(
    *, plan: Plan, by: User | None, number: str = "", issue_date: date | None = None, signer_name: str = ""
) -> Plan:
    """Issue a draft. Number, day and signer may be given here where the paper still leaves them blank; what the paper
    already says is never overwritten.

    One conditional UPDATE decides between two people. Raises CannotIssue with what is missing, DateContradictsPaper,
    AlreadyIssued.
    """
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    before = {"number": plan.number, "issue_date": _parts(plan), "signer_name": plan.signer_name}
    plan.number = plan.number or number.strip()
    plan.signer_name = plan.signer_name or signer_name.strip()
    if plan.issue_date is None and issue_date is not None:
        if plan.issue_year not in {None, issue_date.year} or plan.issue_month not in {None, issue_date.month}:
            raise DateContradictsPaper
        plan.issue_year, plan.issue_month, plan.issue_day = issue_date.year, issue_date.month, issue_date.day
    lacking = {"number": plan.number, "date": plan.issue_date, "signer": plan.signer_name}
    if missing := [part for part, value in lacking.items() if not value]:
        raise CannotIssue(missing)
    plan.status, plan.issued_at = Plan.Status.ISSUED, timezone.now()
    won = Plan.objects.filter(pk=plan.pk, status=Plan.Status.DRAFT).update(
        status=plan.status,
        issued_at=plan.issued_at,
        number=plan.number,
        issue_year=plan.issue_year,
        issue_month=plan.issue_month,
        issue_day=plan.issue_day,
        signer_name=plan.signer_name,
        search_text=plan.words_to_search(),
    )
    if not won:
        raise AlreadyIssued
    after = {"number": plan.number, "issue_date": _parts(plan), "signer_name": plan.signer_name}
    record(
        by=by,
        action="plans.issued",
        target=plan,
        unit_path=plan.unit.path,
        changes={
            "status": [Plan.Status.DRAFT, Plan.Status.ISSUED],
            **{name: [before[name], after[name]] for name in after if before[name] != after[name]},
        },
    )
    return plan


def _parts(plan: Plan) -> str:
    """The date with its blanks: "2024-02-" while the day is missing."""
    return f"{plan.issue_year or ''}-{plan.issue_month or ''}-{plan.issue_day or ''}"
