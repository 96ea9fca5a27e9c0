"""The kinds of report, one module each with its `KIND`; listed here in the order in which the report centre shows them.

A new kind: `reports/contexts/<kind>.py` composes its frozen value, `reports/registry/<kind>.py` describes it, one line
here. A value that is a `DocumentReport` needs no template of its own, neither for its page nor for its print.
"""

from __future__ import annotations

from reports.registry import (
    appeal_outcome,
    assessment,
    chasing,
    comparison,
    completeness,
    corrective_actions,
    diagnosis,
    event,
    inspection,
    obstacles,
    plan,
    progress,
    qms_overview,
    ranking,
    round_progress,
    schedule,
)
from reports.registry.kind import LANGUAGE, ReportKind, unit_of
from reports.registry.options import InvalidParams, NoAccess

__all__ = ["KINDS", "LANGUAGE", "InvalidParams", "NoAccess", "ReportKind", "unit_of"]

KINDS: dict[str, ReportKind] = {
    kind.slug: kind
    for kind in (
        progress.KIND,
        plan.KIND,
        schedule.KIND,
        completeness.KIND,
        obstacles.KIND,
        assessment.KIND,
        round_progress.KIND,
        ranking.KIND,
        comparison.KIND,
        diagnosis.KIND,
        corrective_actions.KIND,
        qms_overview.KIND,
        appeal_outcome.KIND,
        event.INVITATION,
        event.ONE_INVITATION,
        event.MINUTES,
        inspection.MINUTES,
        inspection.RESULTS,
        chasing.LETTER,
        chasing.RUN,
    )
}
