"""How an issued plan changes: by an amendment that is drafted, issued with a number of its own, and then applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from plans.contexts.content import HEAD, PlanContent, content_of
from plans.contexts.diff import diff
from plans.models import Amendment, Evidence, Plan, TaskPerformer
from plans.permissions import ACTS, Act
from plans.services.citations import link_citations
from plans.services.content import logged
from plans.services.preparing import prepared, require_own
from plans.services.standing import LastStep, locked
from plans.services.told import officers_over, reporters_of
from plans.services.writing import write_parts
from units.models import Unit, User

# What the registry gave the plan when it was issued: an amendment has a number and a date of its own.
GIVEN_FOR_GOOD = ("number", "symbol", "issue_year", "issue_month", "issue_day")


class AmendmentRefused(Exception):
    """Why nothing was done with an amendment."""


class CannotAmend(AmendmentRefused):
    """Only an issued plan is amended; `plan` is as it is now."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __str__(self) -> str:
        return _("Only an issued plan is amended; the state of this one is “%(state)s”.") % {
            "state": self.plan.get_status_display()
        }


class DraftExists(AmendmentRefused):
    """`amendment` is the draft that is being worked on already."""

    def __init__(self, amendment: Amendment) -> None:
        self.amendment = amendment

    def __str__(self) -> str:
        return _("An amendment of this plan is being drafted by %(person)s. Finish or cancel that one first.") % {
            "person": self.amendment.created_by
        }


class ReasonMissing(AmendmentRefused):
    def __str__(self) -> str:
        return _("Say why the plan is amended: the reason is kept with the amendment.")


class NotADraft(AmendmentRefused):
    """Somebody issued or cancelled the amendment; `amendment` is as it is now."""

    def __init__(self, amendment: Amendment) -> None:
        self.amendment = amendment

    def __str__(self) -> str:
        return _("This amendment is no longer a draft: its state is “%(state)s”. Reload the page.") % {
            "state": self.amendment.get_status_display()
        }


class StaleAmendment(AmendmentRefused):
    """Somebody saved the draft since it was opened: `theirs` is what they saved."""

    def __init__(self, amendment: Amendment) -> None:
        self.amendment = amendment
        self.theirs = PlanContent.from_json(amendment.content)

    def __str__(self) -> str:
        return _(
            "The amendment was changed after you opened it. Nothing you typed is lost: compare both below, then save."
        )


class PlanMovedOn(AmendmentRefused):
    """The plan changed since the amendment was drafted: what it would undo must be looked at first."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.step = LastStep.of(plan)

    def __str__(self) -> str:
        said = _("The plan changed since this amendment was drafted. Open the draft, compare, and save it again first.")
        return f"{said} {self.step}".strip()


class NothingAmended(AmendmentRefused):
    def __str__(self) -> str:
        return _("This amendment changes nothing yet. Open the draft and make the changes first.")


class AmendmentLacks(AmendmentRefused):
    """`missing` names what an issued amendment must have: any of number, issued_on, signer_name."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing

    def __str__(self) -> str:
        words = {"number": _("its number"), "issued_on": _("its date"), "signer_name": _("the signer's name")}
        return _("The amendment cannot be issued yet. It still lacks: %(parts)s.") % {
            "parts": ", ".join(words[part] for part in self.missing)
        }


class WrongDay(AmendmentRefused):
    def __str__(self) -> str:
        return _("The amendment's date must not lie before that of the plan, nor in the future.")


@transaction.atomic
def draft_amendment(*, plan: Plan, reason: str, by: User) -> Amendment:
    """Begin to amend an issued plan: a draft whose content is the plan as it is. A plan has one draft at a time.

    Raises CannotAmend, DraftExists, ReasonMissing.
    """
    now = locked(plan)
    if now.status not in ACTS[Act.AMEND].states:
        raise CannotAmend(now)
    if not (reason := reason.strip()):
        raise ReasonMissing
    if working := now.amendments.filter(status=Amendment.Status.DRAFT).select_related("created_by").first():
        raise DraftExists(working)
    last = now.amendments.aggregate(last=Max("order"))["last"] or 0
    try:
        with transaction.atomic():
            amendment = Amendment.objects.create(
                plan=now,
                order=last + 1,
                reason=reason,
                symbol=now.symbol,
                content=content_of(now).as_json(),
                based_on=now.version,
                created_by=by,
            )
    except IntegrityError:
        raise DraftExists(now.amendments.select_related("created_by").get(status=Amendment.Status.DRAFT)) from None
    record(
        by=by,
        action="plans.amendment_drafted",
        target=now,
        unit_path=now.unit.path,
        changes={"amendment": [None, amendment.order]},
        reason=reason,
    )
    return amendment


@transaction.atomic
def save_amendment_content(
    *, amendment: Amendment, content: PlanContent, expected_version: int, by: User, seen: int | None = None
) -> Amendment:
    """Make `content` what the plan is to be. `seen` is the version of the plan the person compared it with.

    Raises NotADraft, StaleAmendment, UnknownUnit, ForeignTask.
    """
    now = _locked_draft(amendment)
    if now.version != expected_version:
        raise StaleAmendment(now)
    before = PlanContent.from_json(now.content)
    given = {name: getattr(before, name) for name in GIVEN_FOR_GOOD}
    after = prepared(now.plan, before, replace(content, **given))
    based_on = now.based_on if seen is None else seen
    if after == before and based_on == now.based_on:
        return now
    rows = Amendment.objects.filter(pk=now.pk, version=expected_version, status=Amendment.Status.DRAFT)
    if not rows.update(content=after.as_json(), based_on=based_on, version=F("version") + 1):
        raise StaleAmendment(Amendment.objects.get(pk=now.pk))
    record(
        by=by,
        action="plans.amendment_edited",
        target=now.plan,
        unit_path=now.plan.unit.path,
        changes=logged(diff(before, after)),
    )
    now.refresh_from_db()
    return now


@transaction.atomic
def issue_amendment(
    *,
    amendment: Amendment,
    number: str,
    symbol: str,
    issued_on: date | None,
    signer_name: str,
    by: User,
    file: Evidence | None = None,
    version: int | None = None,
) -> Amendment:
    """Issue a draft and make the plan what it says, in one step: tasks keep their rows, removed ones are cancelled.

    Those who report for units that perform tasks before or after, and the officers over the plan, are told. `version`
    is the draft the person looked at. Raises NotADraft, StaleAmendment, AmendmentLacks, WrongDay, CannotAmend,
    PlanMovedOn, NothingAmended.
    """
    plan = locked(amendment.plan)
    now = _locked_draft(amendment)
    if version is not None and now.version != version:
        raise StaleAmendment(now)
    given: dict[str, Any] = {"number": number.strip(), "issued_on": issued_on, "signer_name": signer_name.strip()}
    if missing := [name for name, value in given.items() if not value]:
        raise AmendmentLacks(missing)
    if issued_on and (issued_on > timezone.localdate() or (plan.issue_date and issued_on < plan.issue_date)):
        raise WrongDay
    if plan.status not in ACTS[Act.AMEND].states:
        raise CannotAmend(plan)
    if plan.version != now.based_on:
        raise PlanMovedOn(plan)
    before = content_of(plan)
    content = PlanContent.from_json(now.content)
    after = replace(content, **{name: getattr(before, name) for name in GIVEN_FOR_GOOD})
    require_own(plan, before, after)
    if after == before:
        raise NothingAmended
    performing = _performing(plan)
    for name in HEAD:
        setattr(plan, name, getattr(after, name))
    head = {name: getattr(after, name) for name in HEAD} | {"search_text": plan.words_to_search()}
    rows = Plan.objects.filter(pk=plan.pk, version=now.based_on, status=Plan.Status.ISSUED)
    if not rows.update(version=F("version") + 1, updated_at=timezone.now(), **head):
        raise PlanMovedOn(Plan.objects.get(pk=plan.pk))
    write_parts(plan, before, after, cancel_removed=True)
    if after.legal_bases != before.legal_bases:
        link_citations(plan=plan, by=by)
    Amendment.objects.filter(pk=now.pk, status=Amendment.Status.DRAFT).update(
        status=Amendment.Status.ISSUED,
        symbol=symbol.strip(),
        signed_file=file,
        issued_at=timezone.now(),
        before=before.as_json(),
        content=content_of(plan).as_json(),
        version=F("version") + 1,
        **given,
    )
    now.refresh_from_db()
    units = Unit.objects.filter(pk__in=performing | _performing(plan))
    record(
        by=by,
        action="plans.amended",
        target=plan,
        unit_path=plan.unit.path,
        changes={"amendment": [None, str(now)], **logged(diff(before, after))},
        reason=now.reason,
        notify=[*reporters_of(units), *officers_over(plan.unit)],
    )
    return now


@transaction.atomic
def cancel_amendment(*, amendment: Amendment, by: User, reason: str = "") -> Amendment:
    """Give up a draft; it stays on record. Raises NotADraft."""
    now = _locked_draft(amendment)
    Amendment.objects.filter(pk=now.pk, status=Amendment.Status.DRAFT).update(
        status=Amendment.Status.CANCELLED, version=F("version") + 1
    )
    now.refresh_from_db()
    record(
        by=by,
        action="plans.amendment_cancelled",
        target=now.plan,
        unit_path=now.plan.unit.path,
        changes={"amendment": [now.order, None]},
        reason=reason.strip(),
    )
    return now


def _locked_draft(amendment: Amendment) -> Amendment:
    rows = Amendment.objects.select_for_update(no_key=True, of=("self",)).select_related("plan__unit")
    now = rows.get(pk=amendment.pk)
    if now.status != Amendment.Status.DRAFT:
        raise NotADraft(now)
    return now


def _performing(plan: Plan) -> set[int]:
    rows = TaskPerformer.objects.performing().filter(task__plan=plan, task__is_cancelled=False)
    return {pk for pk in rows.values_list("unit", flat=True) if pk}
