"""Whether what was approved is still what is stored: digests against frozen content, frozen content against the rows,
and the digest of every decision against the sheets as they stood with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.contexts.frozen import differences, digest_of, digest_over, frozen_sheets
from assessments.models import Assessment, Decision, Round
from assessments.permissions import SETTLED

BATCH = 100
MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`what` is the sheet or the decision, `text` what does not fit."""

    what: Assessment | Decision
    text: str

    def __str__(self) -> str:
        return f"{self.what._meta.verbose_name} {self.what.pk} ({self.what}): {self.text}"


def faults(round_: Round) -> Iterator[Fault]:
    """Every fault of a round's results. Four queries a hundred sheets, one for the decisions."""
    digests: dict[int, str] = {}
    settled = (
        Assessment.objects.filter(round=round_, state__in=SETTLED)
        .select_related("unit", "round__criteria_set")
        .order_by("pk")
    )
    batch: list[Assessment] = []
    for sheet in settled.iterator(chunk_size=BATCH):
        digests[sheet.pk] = sheet.digest
        batch.append(sheet)
        if len(batch) == BATCH:
            yield from _of_sheets(batch)
            batch = []
    yield from _of_sheets(batch)
    yield from _of_decisions(list(round_.decisions.order_by("pk")), digests)


def _of_sheets(sheets: Sequence[Assessment]) -> Iterator[Fault]:
    rows = frozen_sheets(sheets)
    for sheet in sheets:
        if not isinstance(sheet.frozen, dict) or digest_of(sheet.frozen) != sheet.digest:
            yield Fault(what=sheet, text=_("The frozen content does not have the digest that is stored with it."))
        elif apart := differences(sheet.frozen, rows[sheet.pk]):
            said = "; ".join(apart[:MOST_NAMED]) + ("; …" if len(apart) > MOST_NAMED else "")
            yield Fault(what=sheet, text=_("The stored rows differ from what was frozen: %(where)s") % {"where": said})


def _of_decisions(decisions: Sequence[Decision], digests: dict[int, str]) -> Iterator[Fault]:
    """From the last decision back to the first: each change says what was frozen before it."""
    if digests and not any(each.kind == Decision.Kind.APPROVAL for each in decisions):
        sheet = Assessment.objects.select_related("unit", "round").get(pk=min(digests))
        yield Fault(what=sheet, text=_("It is approved, but the round has no decision that approves it."))
    for decision in reversed(decisions):
        if digest_over(digests) != decision.digest:
            yield Fault(what=decision, text=_("The digest does not fit the sheets as they stood with the decision."))
        for change in decision.changes:
            if "former" not in change:
                continue
            former = change["former"]
            if digest_of(former["frozen"]) != former["digest"]:
                yield Fault(what=decision, text=_("What was frozen before the change does not have its digest."))
            digests[change["assessment"]] = former["digest"]
