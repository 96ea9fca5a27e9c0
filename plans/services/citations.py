"""Which record of the register each legal basis of a plan means; a record is made where there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F

from activity.services import record
from plans.document.citation import CitedDocument, has_year, read_citation
from plans.models import LegalAlias, LegalBasis, LegalDocument, Plan
from plans.services.register import said_of
from units.models import Unit, User


@transaction.atomic
def link_citations(*, plan: Plan, by: User | None) -> list[LegalDocument]:
    """Link every legal basis of `plan` that names a document to its record, which is made where there is none; what
    cannot be read stays as it is. Running it again changes nothing. Gives the records it made.

    Every way of saving a plan's content ends with this.
    """
    bases = list(LegalBasis.objects.filter(plan=plan).order_by("order"))
    cited = {basis.pk: read for basis in bases if (read := read_citation(basis.text))}
    if not cited:
        return []
    root = Unit.objects.get(path=plan.unit.root_path)
    known = KnownDocuments(root, cited.values())
    changed, added = [], []
    for basis in bases:
        if (read := cited.get(basis.pk)) is None:
            continue
        document = known.find(read)
        if document is None:
            document, is_new = _add_cited(root, read, by=by)
            known.learn(document)
            if is_new:
                added.append(document)
        elif read.issued_on and document.issued_on is None:
            _learn_day(document, read.issued_on)
        if basis.document_id != document.pk:
            basis.document = document
            changed.append(basis)
    LegalBasis.objects.bulk_update(changed, ["document"])
    return added


class KnownDocuments:
    """The records that citations may mean, by their keys: two queries for any number of citations."""

    def __init__(self, register: Unit, cited: Iterable[CitedDocument]) -> None:
        keys = {key for each in cited for key in _keys(each)}
        self._by_key: dict[str, dict[date | None, LegalDocument]] = defaultdict(dict)
        for document in LegalDocument.objects.filter(unit=register, key__in=keys):
            self.learn(document)
        for alias in LegalAlias.objects.filter(unit=register, key__in=keys).select_related("document"):
            self._by_key[alias.key].setdefault(alias.issued_on, alias.document)

    def learn(self, document: LegalDocument) -> None:
        self._by_key[document.key][document.issued_on] = document

    def find(self, cited: CitedDocument) -> LegalDocument | None:
        """A number that holds its year is borne by one document alone, whatever day a citation gives; others are told
        apart by the day, and one without a day means the only one there is."""
        same = self._by_key.get(cited.key, {})
        if found := same.get(cited.issued_on):
            return found
        if cited.year is not None:
            of_year = {each.pk: each for day, each in same.items() if day and day.year == cited.year}
            return self._only(of_year) or self._only_of(_key_with_year(cited.key, cited.year))
        if cited.issued_on and (of_year_alone := self._only_of(_key_with_year(cited.key, cited.issued_on.year))):
            return of_year_alone
        if has_year(cited.key) or cited.issued_on is None:
            return self._only({each.pk: each for each in same.values()})
        return None

    def _only_of(self, key: str) -> LegalDocument | None:
        return self._only({each.pk: each for each in self._by_key.get(key, {}).values()})

    @staticmethod
    def _only(found: dict[int, LegalDocument]) -> LegalDocument | None:
        return next(iter(found.values())) if len(found) == 1 else None


def _keys(cited: CitedDocument) -> set[str]:
    year = cited.year or (cited.issued_on.year if cited.issued_on else None)
    return {cited.key, _key_with_year(cited.key, year)} if year and not cited.number else {cited.key}


def _key_with_year(key: str, year: int) -> str:
    return f"{key[:115]} {year}"


def _add_cited(register: Unit, cited: CitedDocument, *, by: User | None) -> tuple[LegalDocument, bool]:
    """The record of a document that a citation names and the register lacks; somebody else's, who was faster."""
    key = _key_with_year(cited.key, cited.year) if cited.year else cited.key
    try:
        with transaction.atomic():
            document = LegalDocument.objects.create(
                unit=register,
                kind=cited.kind,
                number=cited.number[:120],
                key=key,
                issued_on=cited.issued_on,
                issuer=cited.issuer[:200],
                abstract=f"{cited.abstract} năm {cited.year}" if cited.year else cited.abstract,
            )
    except IntegrityError:
        return LegalDocument.objects.get(unit=register, key=key, issued_on=cited.issued_on), False
    record(
        by=by,
        action="plans.legal_document_added",
        target=document,
        unit_path=register.path,
        changes={name: [None, said] for name, said in said_of(document).items() if said},
    )
    return document, True


def _learn_day(document: LegalDocument, day: date) -> None:
    """A citation gives the day that the record lacked."""
    taken = LegalDocument.objects.filter(unit=document.unit_id, key=document.key, issued_on=day).exclude(pk=document.pk)
    if not taken.exists():
        LegalDocument.objects.filter(pk=document.pk, issued_on=None).update(issued_on=day, version=F("version") + 1)
        document.issued_on = day
