"""A plan as its paper: head, abstract, bases, body, signature, recipients, what is attached; blanks stay blank."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from plans.document.spelling import fold
from plans.models import Passage, Plan, SignatureLine
from reports.contexts import paper
from reports.contexts.paper import Paper
from reports.contexts.plan_blocks import body_of
from reports.contexts.report import DocumentReport
from units.models import Unit, User

_NOT_ISSUED = {Plan.Status.DRAFT, Plan.Status.SUBMITTED, Plan.Status.RETURNED}


@dataclass(frozen=True, kw_only=True)
class PrintedPlan(DocumentReport):
    plan_id: int


def printed_plan(plan: Plan, *, user: User) -> PrintedPlan:
    """As `user`, who may see `plan`, may print it: the paper has no figure of progress and no secret. Ten queries."""
    kind = plan.kind.capitalize() or "Kế hoạch"
    name = f"{plan.number}/{plan.symbol}" if plan.number else plan.title
    head = {each.kind: each.text for each in plan.passages.all()}
    blocks, annexes = body_of(plan)
    is_subject = head.get(Passage.Kind.SUBJECT) == plan.title
    return PrintedPlan(
        title=f"{kind} {name}",
        file_name=paper.file_safe(f"{kind} {name}"),
        made_at=timezone.now(),
        paper=paper_of(plan),
        abstract=() if is_subject else paper.balanced(plan.title),
        blocks=blocks,
        annexes=annexes,
        plan_id=plan.pk,
    )


def paper_of(plan: Plan) -> Paper:
    """The frame of the plan's own paper. Reads its passages, recipients and signature lines, and the unit above."""
    passages = list(plan.passages.all())
    head = {each.kind: each.text for each in passages}
    signature = list(plan.signature_lines.all())
    organ = head.get(Passage.Kind.ORGAN) or plan.issuer or plan.unit.name
    above: Unit | None = plan.unit.parent if plan.unit.kind == Unit.Kind.COMMITTEE else plan.unit
    parent = head.get(Passage.Kind.PARENT_ORGAN) or paper.parent_organ(organ, above if above != plan.unit else None)
    is_draft = plan.status in _NOT_ISSUED and not (plan.number and plan.issue_day)
    marks = [each.text for each in passages if each.kind == Passage.Kind.MARK]
    kinds = SignatureLine.Kind
    # A party's paper has its own name at the place of the state's.
    party = next((each.text for each in passages if fold(each.text).startswith("dang cong san")), "")
    state = {"country": party, "motto": ""} if party else {}
    as_written = organ[:4].upper() == "UBND" and Passage.Kind.ORGAN in head
    return Paper(
        **state,
        parent_organ=paper.upper(parent),
        organ=organ,
        organ_lines=paper.balanced(paper.upper(organ), paper.LONGEST_ORGAN) if as_written else paper.organ_lines(organ),
        type=plan.kind,
        symbol_head="",
        symbol_tail=plan.symbol,
        number=plan.number,
        place=plan.place,
        day=f"{plan.issue_day:02d}" if plan.issue_day else "",
        month=paper.written_month(plan.issue_month) if plan.issue_month else "",
        year=plan.issue_year,
        subject=[head[Passage.Kind.SUBJECT]] if Passage.Kind.SUBJECT in head else (),
        is_draft=is_draft,
        marks=[mark for mark in marks if is_draft or not fold(mark).startswith("du thao")],
        recipients=paper.recipient_lines([(each.text, each.purpose) for each in plan.recipients.all()]),
        authorities=[line.text for line in signature if line.kind == kinds.AUTHORITY],
        office_lines=[
            part for line in signature if line.kind == kinds.OFFICE for part in paper.office_lines(line.text)
        ],
        signature_marks=[line.text for line in signature if line.kind == kinds.MARK],
        signatory=plan.signer_name,
    )
