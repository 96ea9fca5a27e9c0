"""The life of a unit's quality management system: begun, its steps planned and recorded, ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.models import AuditEvent
from activity.services import record
from assessments.contexts.systems import DECLARING, may_edit, phase_of
from assessments.models import Qms, QmsStep
from assessments.permissions import QMS_AFTER
from isoportal.templatetags.formats import moment
from plans.models import Evidence, Standard
from units.access import holders
from units.models import Unit, User
from units.permissions import Permission

Kind, Phase = QmsStep.Kind, Qms.Phase


class SystemRefused(Exception):
    """Why a system does not take what was asked."""


class SystemExists(SystemRefused):
    """`existing` is the one that there is."""

    def __init__(self, existing: Qms) -> None:
        super().__init__(existing.pk)
        self.existing = existing

    def __str__(self) -> str:
        return _("%(unit)s has a system by %(standard)s already. Open that one.") % {
            "unit": self.existing.unit.label,
            "standard": self.existing.standard,
        }


class SystemEnded(SystemRefused):
    def __str__(self) -> str:
        return _("This system has ended. Begin one by the next edition of the standard.")


class StaleSystem(SystemRefused):
    """Somebody else changed it; `stored` is the system as it is now."""

    def __init__(self, stored: Qms) -> None:
        super().__init__(stored.pk)
        self.stored = stored
        self.event = (
            AuditEvent.objects.filter(target_model=stored._meta.label_lower, target_id=str(stored.pk))
            .select_related("by")
            .order_by("pk")
            .last()
        )

    def __str__(self) -> str:
        if self.event is None:
            return _("This system was changed after you had read it. Load the page again.")
        return _("%(who)s changed this system at %(at)s. Read it below, then send yours again.") % {
            "who": self.event.by,
            "at": moment(self.event.at),
        }


class StepTooEarly(SystemRefused):
    def __init__(self, wanted: Iterable[str]) -> None:
        self.wanted = sorted(wanted)
        super().__init__(self.wanted)

    def __str__(self) -> str:
        return _("First record: %(steps)s.") % {"steps": ", ".join(str(Kind(each).label) for each in self.wanted)}


class DayToCome(SystemRefused):
    def __str__(self) -> str:
        return _("What is done has a day up to today. Plan it instead, or choose such a day.")


class DayGone(SystemRefused):
    def __str__(self) -> str:
        return _("A step is planned for today or a later day. Record it as done, or choose such a day.")


class NonconformitiesMissing(SystemRefused):
    def __str__(self) -> str:
        return _("Say how many nonconformities the audit found: 0 where there was none.")


class DeclaredOtherwise(SystemRefused):
    def __str__(self) -> str:
        return _("A declaration has a number, a signer and a scope: record it as a declaration.")


class EndWithoutReason(SystemRefused):
    def __str__(self) -> str:
        return _("Say why the system ends.")


class FileOfAnotherUnit(SystemRefused):
    def __str__(self) -> str:
        return _("One of the files belongs to another unit or was withdrawn. Choose it again.")


def told_of(unit: Unit) -> set[int]:
    """Those who look after systems in the unit and above it."""
    return holders(Permission.QMS_EDIT, unit)


def taken(qms: Qms, *, expected_version: int | None, by: User) -> Qms:
    """The system as it is now, locked until the transaction ends, if `by` may change it."""
    now = Qms.objects.select_for_update(of=("self",)).select_related("unit", "standard").get(pk=qms.pk)
    if not may_edit(by, now.unit):
        raise PermissionDenied
    if expected_version is not None and expected_version != now.version:
        raise StaleSystem(now)
    if now.phase == Phase.ENDED:
        raise SystemEnded
    return now


def check_files(qms: Qms, evidence: Iterable[Evidence]) -> None:
    if any(each.unit_id != qms.unit_id or each.withdrawn_at is not None for each in evidence):
        raise FileOfAnotherUnit


def done_kinds(qms: Qms) -> set[str]:
    return set(qms.steps.filter(done_on__isnull=False).values_list("kind", flat=True))


def touch(qms: Qms, **values: Any) -> Qms:
    """Write the phase that follows from the steps, and `values`; count the change."""
    phase = phase_of(done_kinds(qms))
    Qms.objects.filter(pk=qms.pk).update(phase=phase, version=F("version") + 1, updated_at=timezone.now(), **values)
    return Qms.objects.select_related("unit", "standard").get(pk=qms.pk)


def put_done(qms: Qms, *, kind: str, done_on: date, by: User, **values: Any) -> QmsStep:
    """A step that is done: the earliest planned one of its kind, else a new one. Raises DayToCome, StepTooEarly."""
    if done_on > timezone.localdate():
        raise DayToCome
    if lacking := QMS_AFTER.get(kind, frozenset()) - done_kinds(qms):
        raise StepTooEarly(lacking)
    planned = qms.steps.filter(kind=kind, done_on=None).order_by("planned_on", "pk").first()
    step = planned or QmsStep(qms=qms, kind=kind)
    step.done_on, step.by = done_on, by
    for name, value in values.items():
        setattr(step, name, value)
    step.version += 1 if planned else 0
    step.save()
    return step


@transaction.atomic
def begin_system(*, unit: Unit, standard: Standard, by: User, scope: str = "") -> Qms:
    """Raises PermissionDenied, SystemExists."""
    if not may_edit(by, unit):
        raise PermissionDenied
    try:
        with transaction.atomic():
            qms = Qms.objects.create(unit=unit, standard=standard, scope=scope.strip(), created_by=by)
    except IntegrityError:
        raise SystemExists(Qms.objects.select_related("unit", "standard").get(unit=unit, standard=standard)) from None
    record(
        by=by,
        action="assessments.system_begun",
        target=qms,
        unit_path=unit.path,
        changes={"standard": [None, str(standard)], "scope": [None, qms.scope]},
    )
    return qms


@transaction.atomic
def plan_step(
    *, qms: Qms, kind: str, planned_on: date, by: User, note: str = "", expected_version: int | None = None
) -> QmsStep:
    """Raises PermissionDenied, StaleSystem, SystemEnded, DayGone."""
    now = taken(qms, expected_version=expected_version, by=by)
    if planned_on < timezone.localdate():
        raise DayGone
    step = QmsStep.objects.create(qms=now, kind=Kind(kind), planned_on=planned_on, note=note.strip(), by=by)
    touch(now)
    record(
        by=by,
        action="assessments.system_step_planned",
        target=now,
        unit_path=now.unit.path,
        changes={"step": [None, str(Kind(kind).label)], "planned_on": [None, planned_on.isoformat()]},
    )
    return step


@transaction.atomic
def record_step(
    *,
    qms: Qms,
    kind: str,
    done_on: date,
    by: User,
    document: str = "",
    note: str = "",
    nonconformities: int | None = None,
    evidence: Sequence[Evidence] = (),
    expected_version: int | None = None,
) -> QmsStep:
    """A step is done; the phase follows. An internal audit says how many nonconformities it found, an end why. Raises
    PermissionDenied, StaleSystem, SystemEnded, DeclaredOtherwise, NonconformitiesMissing, EndWithoutReason, DayToCome,
    StepTooEarly, FileOfAnotherUnit."""
    now = taken(qms, expected_version=expected_version, by=by)
    if kind in DECLARING:
        raise DeclaredOtherwise
    if kind == Kind.INTERNAL_AUDIT and nonconformities is None:
        raise NonconformitiesMissing
    if kind == Kind.END and not note.strip():
        raise EndWithoutReason
    check_files(now, evidence)
    found = nonconformities if kind == Kind.INTERNAL_AUDIT else None
    step = put_done(
        now,
        kind=Kind(kind),
        done_on=done_on,
        document=" ".join(document.split())[:200],
        note=note.strip(),
        nonconformities=found,
        by=by,
    )
    step.evidence.add(*evidence)
    after = touch(now)
    changes: dict[str, Any] = {
        "step": [None, str(Kind(kind).label)],
        "done_on": [None, done_on.isoformat()],
        "phase": [now.phase, after.phase],
        "nonconformities": [None, found],
    }
    record(
        by=by,
        action="assessments.system_step_done",
        target=after,
        unit_path=after.unit.path,
        changes={name: pair for name, pair in changes.items() if pair[0] != pair[1]},
        reason=step.note if kind == Kind.END else "",
        notify=told_of(after.unit) if kind == Kind.END else (),
    )
    return step
