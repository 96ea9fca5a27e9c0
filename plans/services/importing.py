from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from activity.services import record
from plans.document.lines import sources
from plans.document.model import PlanDocument, Text
from plans.document.model import Task as TaskRead
from plans.models import (
    Funding,
    LegalBasis,
    Passage,
    Plan,
    Recipient,
    Responsibility,
    Section,
    SignatureLine,
    Standard,
    Task,
    TaskPerformer,
    UnrecognisedLine,
)
from plans.services.citations import link_citations
from plans.services.matching import UnitNames, day_of
from units.models import Unit, User

_EDITION = re.compile(r"^(?P<code>.*\S)\s?[:-]\s?(?P<edition>(?:19|20)\d\d)$")


class AlreadyImported(Exception):
    """`plan` is what an earlier import of the same document made."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __str__(self) -> str:
        return _("This document was already imported for this unit: %(plan)s.") % {"plan": self.plan}


@transaction.atomic
def import_document(*, document: PlanDocument, unit: Unit, by: User | None, text: str) -> Plan:
    """Make a draft plan of `unit` from a document that was read from `text`.

    Performers and bodies are linked to the units of the plan's tree that bear their name on the plan's date; the others
    stay words. A document is the same as another when its lines are, whatever blanks stand between them. Raises
    AlreadyImported.
    """
    digest = _digest(document)
    if earlier := Plan.objects.filter(unit=unit, source_digest=digest).first():
        raise AlreadyImported(earlier)
    try:
        with transaction.atomic():
            plan = _make_plan(document, unit=unit, by=by, text=text, digest=digest)
    except IntegrityError:
        # Somebody else's import of the same document came in between.
        if earlier := Plan.objects.filter(unit=unit, source_digest=digest).first():
            raise AlreadyImported(earlier) from None
        raise
    plan.standards.set(_standards(document.standards))
    names = UnitNames.of_tree(unit, on=day_of(document.issue_date))
    _add_parts(plan, document, names)
    for order, task in enumerate(document.tasks):
        _add_task(plan, task, order, names)
    link_citations(plan=plan, by=by)
    record(
        by=by,
        action="plans.imported",
        target=plan,
        unit_path=unit.path,
        changes={
            "status": [None, plan.status],
            "tasks": [None, len(document.tasks)],
            "unrecognised_lines": [None, len(document.unrecognised)],
        },
    )
    return plan


def _digest(document: PlanDocument) -> str:
    return hashlib.sha256("\n".join(line.text for line in document.lines).encode()).hexdigest()


def _make_plan(document: PlanDocument, *, unit: Unit, by: User | None, text: str, digest: str) -> Plan:
    when = document.issue_date
    return Plan.objects.create(
        unit=unit,
        number=(document.number or "")[:20],
        symbol=(document.symbol or "")[:60],
        kind=(document.kind or "")[:60],
        place=(document.place or "")[:120],
        issue_year=when.year,
        issue_month=when.month,
        issue_day=when.day,
        issuer=(document.issuer or "")[:200],
        title=document.title or next((line.text for line in document.lines), ""),
        signer_name=(document.signature.name or "")[:120],
        source_text=text,
        source_digest=digest,
        created_by=by,
    )


def _standards(names: Iterable[str]) -> list[Standard]:
    found = []
    for name in names:
        parts = _EDITION.match(name)
        code, edition = (parts["code"], parts["edition"]) if parts else (name, "")
        found.append(Standard.objects.get_or_create(code=code[:60], edition=edition)[0])
    return found


def _add_parts(plan: Plan, document: PlanDocument, names: UnitNames) -> None:
    LegalBasis.objects.bulk_create(
        LegalBasis(plan=plan, order=order, text=basis.text, source_lines=list(basis.source))
        for order, basis in enumerate(document.legal_bases)
    )
    Passage.objects.bulk_create(
        Passage(plan=plan, order=order, kind=kind, text=words.text, source_lines=list(words.source))
        for order, (kind, words) in enumerate(_passages(document))
    )
    Section.objects.bulk_create(
        Section(
            plan=plan,
            order=order,
            kind=section.kind,
            label=section.label[:40],
            title=section.title,
            items=[asdict(item) for item in section.items],
            source_lines=list(section.source),
        )
        for order, section in enumerate(document.sections)
    )
    Responsibility.objects.bulk_create(
        Responsibility(
            plan=plan,
            order=order,
            label=(each.label or "")[:40],
            body=each.body,
            duties=[duty.text for duty in each.duties],
            unit=names.find(each.body),
            source_lines=list(each.source),
        )
        for order, each in enumerate(document.responsibilities)
    )
    money = document.funding
    Funding.objects.create(
        plan=plan,
        text=money.text or "",
        source=money.fund_source or "",
        norm=money.norm or "",
        amount=money.amount,
        figures=[asdict(figure) for figure in money.figures],
        source_lines=list(money.source),
    )
    Recipient.objects.bulk_create(
        Recipient(
            plan=plan,
            order=order,
            text=each.text,
            purpose=(each.purpose or "")[:200],
            is_filing=each.is_filing,
            source_lines=list(each.source),
        )
        for order, each in enumerate(document.recipients)
    )
    SignatureLine.objects.bulk_create(
        SignatureLine(plan=plan, order=order, kind=kind, text=line[:300], source_lines=list(document.signature.source))
        for order, (kind, line) in enumerate(_signature_lines(document))
    )
    UnrecognisedLine.objects.bulk_create(
        UnrecognisedLine(plan=plan, order=order, text=line.text, source_lines=list(line.source))
        for order, line in enumerate(document.unrecognised)
    )


def _passages(document: PlanDocument) -> Iterator[tuple[Passage.Kind, Text]]:
    kinds = Passage.Kind
    head = document.head
    single = [
        (kinds.PARENT_ORGAN, head.parent),
        (kinds.ORGAN, head.organ),
        (kinds.SUBJECT, head.subject),
        (kinds.AUTHORITY, document.authority),
        (kinds.ENACTING, document.enacting),
        (kinds.RECIPIENTS_HEADING, document.recipients_heading),
    ]
    several = [
        (kinds.MARK, head.marks),
        (kinds.NATIONAL_TITLE, head.national_title),
        *((kind, (words,)) for kind, words in single if words),
        (kinds.PREAMBLE, document.preamble),
        (kinds.PURPOSE, document.purposes),
        (kinds.REQUIREMENT, document.requirements),
        (kinds.CONTENT, (*document.scope, *document.contents)),
        (kinds.SCHEDULE, document.schedule),
        (kinds.PROVISION, document.provisions),
        (kinds.ANNEX_NOTE, document.annex_notes),
        (kinds.ANNEX_TITLE, document.annex_titles),
        (kinds.CLOSING, document.closing),
        (kinds.DECORATION, document.decorations),
    ]
    for kind, passages in several:
        for words in passages:
            yield kind, words


def _signature_lines(document: PlanDocument) -> Iterator[tuple[SignatureLine.Kind, str]]:
    signature = document.signature
    for line in signature.lines:
        yield SignatureLine.Kind.OFFICE if line == signature.office else SignatureLine.Kind.AUTHORITY, line
    if signature.office and signature.office not in signature.lines:
        yield SignatureLine.Kind.OFFICE, signature.office
    for line in signature.marks:
        yield SignatureLine.Kind.MARK, line


def _add_task(plan: Plan, read: TaskRead, order: int, names: UnitNames) -> None:
    task = Task.objects.create(
        plan=plan,
        order=order,
        number=(read.number or "")[:20],
        title=read.title,
        period_text=(read.period.text or "")[:500],
        start=read.period.start,
        end=read.period.end,
        quantity=(read.quantity or "")[:200],
        deliverable=read.deliverable or "",
        cost_text=(read.cost_text or "")[:200],
        cost=read.cost,
        group=read.group or "",
        details=[detail.text for detail in read.details],
        source_lines=sorted(set(sources(read))),
    )
    linked: set[tuple[int, str]] = set()
    performers = []
    for position, each in enumerate(read.performers):
        unit = names.find(each.text)
        # A body that the paper names twice in one role is linked once; its words stay both times.
        if unit and (unit.pk, each.role) in linked:
            unit = None
        if unit:
            linked.add((unit.pk, each.role))
        performers.append(TaskPerformer(task=task, order=position, text=each.text, unit=unit, role=each.role))
    TaskPerformer.objects.bulk_create(performers)
