"""The head declares that a system conforms, and again when its scope changes."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import record
from assessments.models import Declaration, Qms, QmsStep
from assessments.services.systems import SystemRefused, check_files, put_done, taken, told_of, touch
from plans.models import Evidence
from units.models import User

Kind = QmsStep.Kind


class DeclarationIncomplete(SystemRefused):
    def __str__(self) -> str:
        return _("A declaration has a number, a signer and a scope. Fill them in.")


class DeclaredAlready(SystemRefused):
    """`in_force` is the declaration that stands."""

    def __init__(self, in_force: Declaration) -> None:
        super().__init__(in_force.pk)
        self.in_force = in_force

    def __str__(self) -> str:
        return _("Declaration %(number)s is in force. Declare again, with the reason.") % {
            "number": self.in_force.number
        }


class NothingToSupersede(SystemRefused):
    def __str__(self) -> str:
        return _("Nothing is declared yet. Declare for the first time.")


class ReasonOfRedeclaration(SystemRefused):
    def __str__(self) -> str:
        return _("Say why it is declared again: the scope was adjusted, widened or narrowed.")


class BeforeTheLast(SystemRefused):
    def __init__(self, in_force: Declaration) -> None:
        super().__init__(in_force.pk)
        self.in_force = in_force

    def __str__(self) -> str:
        return _("It is declared again on or after the day of declaration %(number)s.") % {
            "number": self.in_force.number
        }


@transaction.atomic
def declare(
    *,
    qms: Qms,
    number: str,
    declared_on: date,
    signer: str,
    scope: str,
    by: User,
    reason: str = "",
    file: Evidence | None = None,
    again: bool = False,
    expected_version: int | None = None,
) -> Declaration:
    """`again`: it supersedes the one in force, and says why (khoản 3 Điều 4 QĐ 19/2014/QĐ-TTg). Raises
    PermissionDenied, StaleSystem, SystemEnded, DeclarationIncomplete, DeclaredAlready, NothingToSupersede,
    ReasonOfRedeclaration, BeforeTheLast, DayToCome, StepTooEarly, FileOfAnotherUnit."""
    now = taken(qms, expected_version=expected_version, by=by)
    number, signer, scope, reason = " ".join(number.split()), " ".join(signer.split()), scope.strip(), reason.strip()
    if not (number and signer and scope):
        raise DeclarationIncomplete
    in_force = Declaration.objects.filter(qms=now, successor=None).order_by("pk").last()
    if in_force and not again:
        raise DeclaredAlready(in_force)
    if again:
        if in_force is None:
            raise NothingToSupersede
        if not reason:
            raise ReasonOfRedeclaration
        if declared_on < in_force.declared_on:
            raise BeforeTheLast(in_force)
    check_files(now, [file] if file else [])
    kind = Kind.REDECLARE if again else Kind.DECLARE
    step = put_done(now, kind=kind, done_on=declared_on, document=number[:200], note=reason, by=by)
    declaration = Declaration.objects.create(
        qms=now,
        step=step,
        number=number[:60],
        declared_on=declared_on,
        signer=signer[:120],
        scope=scope,
        reason=reason if again else "",
        supersedes=in_force,
        file=file,
        by=by,
    )
    after = touch(now, scope=scope)
    record(
        by=by,
        action="assessments.system_redeclared" if again else "assessments.system_declared",
        target=after,
        unit_path=after.unit.path,
        changes={
            "number": [in_force.number if in_force else None, declaration.number],
            "declared_on": [None, declared_on.isoformat()],
            "scope": [in_force.scope if in_force else None, scope],
        },
        reason=declaration.reason,
        notify=told_of(after.unit),
    )
    return declaration
