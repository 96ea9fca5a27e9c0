"""Quality management systems at any point of their life."""

from __future__ import annotations

from datetime import date
from typing import Any

from assessments.contexts.systems import phase_of
from assessments.models import Declaration, Obligation, Qms, QmsStep
from plans.models import Standard
from units.models import Unit, User


def iso9001() -> Standard:
    return Standard.objects.get_or_create(code="TCVN ISO 9001", edition="2015")[0]


def make_system(unit: Unit, *, by: User, standard: Standard | None = None, **done: date) -> Qms:
    """`done`: the days of its steps by kind."""
    qms = Qms.objects.create(
        unit=unit, standard=standard or iso9001(), phase=phase_of(done), created_by=by, scope="Toàn bộ thủ tục"
    )
    for kind, day in done.items():
        QmsStep.objects.create(qms=qms, kind=kind, done_on=day, by=by)
    return qms


def one_system(*, unit: Unit, holder: Unit, standard: Standard, by: User, mark: str) -> dict[str, Any]:
    """Declared, its words marked; the rule of the province is one for all its units."""
    qms = make_system(unit, by=by, standard=standard, apply=date(2026, 1, 2))
    Qms.objects.filter(pk=qms.pk).update(scope=f"{mark}scope", phase=Qms.Phase.DECLARED)
    step = QmsStep.objects.create(
        qms=qms, kind=QmsStep.Kind.DECLARE, done_on=date(2026, 2, 3), note=f"{mark}step", by=by
    )
    declaration = Declaration.objects.create(
        qms=qms,
        step=step,
        number=f"{mark}number",
        declared_on=date(2026, 2, 3),
        signer=f"{mark}signer",
        scope=f"{mark}scope",
        by=by,
    )
    foreign = unit == holder and mark.startswith("CANARY-foreign")
    rule, _made = Obligation.objects.get_or_create(
        province=holder,
        unit_kind=Unit.Kind.DISTRICT,
        defaults={
            "kind": Obligation.Kind.MANDATORY,
            "valid_from": date(2014, 5, 20),
            "basis": f"{mark}basis" if foreign else "QĐ 19/2014/QĐ-TTg",
            "by": by,
        },
    )
    return {"system": qms, "declaration": declaration, "obligation": rule}
