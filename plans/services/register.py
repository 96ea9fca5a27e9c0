"""The register of legal documents as a province's officers keep it: added, corrected, replaced, merged.

Whatever changes which record is which (adding, merging, replacing) waits at the row of the register's province, so that
two people never make one document twice or a circle of replacements.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activity.models import AuditEvent
from activity.services import record
from plans.contexts.legal import successors_of
from plans.document.citation import key_of, key_of_name
from plans.models import Evidence, LegalAlias, LegalBasis, LegalDocument, Plan
from plans.permissions import OPEN
from plans.services.told import officers_over
from units.models import Unit, User

FIELDS = ("kind", "number", "issued_on", "issuer", "abstract", "valid_from", "valid_to")


class RegisterRefused(Exception):
    """Why the register was not changed."""


class AlreadyRegistered(RegisterRefused):
    """`document` is the record that there is."""

    def __init__(self, document: LegalDocument) -> None:
        self.document = document

    def __str__(self) -> str:
        return _("The register has this document already: %(document)s. Change that record instead.") % {
            "document": self.document
        }


class NothingToCallItBy(RegisterRefused):
    def __str__(self) -> str:
        return _("Give the number and symbol, or for a law its name as the abstract.")


class ValidityBackwards(RegisterRefused):
    def __str__(self) -> str:
        return _("The validity ends before it begins. Check the two days.")


class RecordChanged(RegisterRefused):
    """Somebody changed the record since the person opened it; `document` is as it is now."""

    def __init__(self, document: LegalDocument) -> None:
        self.document = document
        event = (
            AuditEvent.objects.filter(target_model=LegalDocument._meta.label_lower, target_id=str(document.pk))
            .select_related("by")
            .order_by("-pk")
            .first()
        )
        self.by, self.at = (event.by, event.at) if event else (None, document.updated_at)

    def __str__(self) -> str:
        return _("%(person)s changed this record at %(moment)s. Compare, then save again.") % {
            "person": self.by or _("Somebody"),
            "moment": date_format(timezone.localtime(self.at), "H:i j/n/Y"),
        }


class ReplacementCircle(RegisterRefused):
    def __init__(self, successor: LegalDocument) -> None:
        self.successor = successor

    def __str__(self) -> str:
        return _(
            "%(document)s is itself replaced by this document, directly or through others. Choose another one."
        ) % {"document": self.successor}


class NotTheSame(RegisterRefused):
    def __str__(self) -> str:
        return _("Two different records of one register are needed, and neither may replace the other.")


@transaction.atomic
def add_legal_document(
    *, register: Unit, by: User | None, file: Evidence | None = None, **values: Any
) -> LegalDocument:
    """Write a document into the register of a province. `values` are those of `FIELDS`.

    Raises NothingToCallItBy, ValidityBackwards, AlreadyRegistered.
    """
    _wait_at(register)
    document = LegalDocument(unit=register, file=file, **values)
    document.key = _key(document)
    _require_sound(document)
    document.save(force_insert=True)
    record(
        by=by,
        action="plans.legal_document_added",
        target=document,
        unit_path=register.path,
        changes={name: [None, said] for name, said in said_of(document).items() if said},
    )
    return document


@transaction.atomic
def change_legal_document(
    *, document: LegalDocument, version: int, by: User | None, file: Evidence | None = None, **values: Any
) -> LegalDocument:
    """Correct a record as the person saw it in `version`. A new `file` takes the place of the earlier one.

    Raises RecordChanged, NothingToCallItBy, ValidityBackwards, AlreadyRegistered.
    """
    _wait_at(document.unit)
    now = LegalDocument.objects.select_related("unit").get(pk=document.pk)
    if now.version != version:
        raise RecordChanged(now)
    before = said_of(now)
    for name, value in values.items():
        setattr(now, name, value)
    key, now.key = now.key, _key(now)
    _require_sound(now)
    stored = {name: getattr(now, name) for name in FIELDS}
    if file is not None:
        stored["file"] = file
    won = LegalDocument.objects.filter(pk=now.pk, version=version).update(
        **stored, key=now.key, search_text=now.words_to_search(), version=F("version") + 1, updated_at=timezone.now()
    )
    if not won:
        raise RecordChanged(LegalDocument.objects.get(pk=now.pk))
    if key != now.key:
        # Citations that called it so still mean it.
        LegalAlias.objects.get_or_create(document=now, unit=now.unit, key=key, issued_on=document.issued_on)
    after = said_of(now)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if file is not None:
        changes["file"] = ["", str(file)]
    record(by=by, action="plans.legal_document_changed", target=now, unit_path=now.unit.path, changes=changes)
    now.refresh_from_db()
    return now


@transaction.atomic
def replace_legal_document(
    *, document: LegalDocument, successor: LegalDocument | None, on: date | None, version: int, by: User | None
) -> LegalDocument:
    """Say that `successor` replaces `document` from the day `on`, or with None that nothing does. Those who wrote the
    open plans that cite it are told.

    Raises RecordChanged, NotTheSame, ReplacementCircle.
    """
    _wait_at(document.unit)
    now = LegalDocument.objects.select_related("unit", "replaced_by").get(pk=document.pk)
    if now.version != version:
        raise RecordChanged(now)
    if successor is not None:
        if successor.pk == now.pk or successor.unit_id != now.unit_id:
            raise NotTheSame
        successor = LegalDocument.objects.get(pk=successor.pk)  # as it is now that nobody else marks
        if now.pk in successors_of(successor):
            raise ReplacementCircle(successor)
    won = LegalDocument.objects.filter(pk=now.pk, version=version).update(
        replaced_by=successor,
        replaced_on=on if successor else None,
        version=F("version") + 1,
        updated_at=timezone.now(),
    )
    if not won:
        raise RecordChanged(LegalDocument.objects.get(pk=now.pk))
    citing = Plan.objects.filter(legal_bases__document=now, status__in=OPEN, created_by__isnull=False)
    record(
        by=by,
        action="plans.legal_document_replaced",
        target=now,
        unit_path=now.unit.path,
        changes={
            "replaced_by": [str(now.replaced_by or ""), str(successor or "")],
            "replaced_on": [str(now.replaced_on or ""), str((on if successor else None) or "")],
        },
        notify={*officers_over(now.unit), *citing.values_list("created_by", flat=True)},
    )
    now.refresh_from_db()
    return now


@transaction.atomic
def merge_legal_documents(*, kept: LegalDocument, duplicate: LegalDocument, by: User | None) -> LegalDocument:
    """Make one record of two that are the same document: what cites or replaces `duplicate` means `kept`, blanks of
    `kept` are filled from it, and later citations that call it as `duplicate` was called find `kept`.

    Raises NotTheSame.
    """
    _wait_at(kept.unit)
    rows = {each.pk: each for each in LegalDocument.objects.filter(pk__in=[kept.pk, duplicate.pk])}
    if len(rows) != 2 or kept.unit_id != duplicate.unit_id:
        raise NotTheSame
    kept, duplicate = rows[kept.pk], rows[duplicate.pk]
    if kept.pk in successors_of(duplicate) or duplicate.pk in successors_of(kept):
        raise NotTheSame
    citations = LegalBasis.objects.filter(document=duplicate).update(document=kept)
    LegalDocument.objects.filter(replaced_by=duplicate).update(replaced_by=kept)
    LegalAlias.objects.filter(document=duplicate).update(document=kept)
    for key, day in {(duplicate.key, duplicate.issued_on)} - {(kept.key, kept.issued_on)}:
        LegalAlias.objects.create(document=kept, unit=kept.unit, key=key, issued_on=day)
    name = str(duplicate)
    filled = {}
    for field in (*FIELDS, "replaced_by_id", "replaced_on", "file_id"):
        blank = getattr(kept, field) in ("", None) or (field == "kind" and kept.kind == LegalDocument.Kind.OTHER)
        if blank and getattr(duplicate, field) not in ("", None):
            filled[field] = getattr(duplicate, field)
    duplicate.delete()
    for field, value in filled.items():
        setattr(kept, field, value)
    LegalDocument.objects.filter(pk=kept.pk).update(
        **filled, search_text=kept.words_to_search(), version=F("version") + 1, updated_at=timezone.now()
    )
    record(
        by=by,
        action="plans.legal_documents_merged",
        target=kept,
        unit_path=kept.unit.path,
        changes={"merged": [name, str(kept)], "citations": [None, citations]},
    )
    kept.refresh_from_db()
    return kept


def _wait_at(register: Unit) -> None:
    Unit.objects.select_for_update(no_key=True).get(pk=register.pk)


def _key(document: LegalDocument) -> str:
    return key_of(document.number) if document.number.strip() else key_of_name(document.abstract)


def _require_sound(document: LegalDocument) -> None:
    if not document.key:
        raise NothingToCallItBy
    if document.valid_from and document.valid_to and document.valid_from > document.valid_to:
        raise ValidityBackwards
    day = Q(issued_on=document.issued_on) if document.issued_on else Q(issued_on=None)
    same = LegalDocument.objects.filter(day, unit=document.unit, key=document.key).exclude(pk=document.pk)
    if found := same.first():
        raise AlreadyRegistered(found)


def said_of(document: LegalDocument) -> dict[str, str]:
    return {name: str(getattr(document, name) or "") for name in FIELDS}
