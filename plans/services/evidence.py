"""Files that people send as evidence: looked at, stored, counted against the unit's quota, used again, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.services import record
from plans.contexts.evidence import is_used
from plans.models import Evidence
from plans.models.evidence import evidence_root
from plans.upload import kinds, store
from plans.upload.names import harmless_name
from plans.upload.refusal import Reason, RefusedFile
from units.access import holds_in
from units.models import Unit, User
from units.permissions import Permission

# Whoever does any of this for a unit attaches files to it.
SENDERS = (
    Permission.TASK_REPORT,
    Permission.PLAN_EDIT,
    Permission.PLAN_DECIDE,
    Permission.PROGRESS_ACCEPT,
    Permission.OBSTACLE_ANSWER,
    Permission.CHASE,
    Permission.ASSESSMENT_SCORE,
    Permission.ROUND_MANAGE,
    Permission.INSPECT,
    Permission.QMS_EDIT,
    Permission.CORRECTION_PLAN,
)
WORDS: dict[Reason, str | Promise] = {
    Reason.EMPTY: gettext_lazy("The file is empty. Choose the right file."),
    Reason.TYPE: gettext_lazy(
        "Files of this type are not taken. Send PDF, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), .odt, .ods, "
        "a picture (.jpg, .png, .webp) or text (.txt, .csv); unpack an archive and send the files in it."
    ),
    Reason.MISMATCH: gettext_lazy(
        "The content is not of the type that the name says. Open the file, save it in the right type and send that."
    ),
    Reason.DAMAGED: gettext_lazy("The file is damaged or was cut off. Open it, save it anew and send that."),
    Reason.PROTECTED: gettext_lazy(
        "The file is protected by a password or saved in an old format. Save it without a password as .pdf, .docx or "
        ".xlsx."
    ),
    Reason.MACROS: gettext_lazy("The document holds macros. Save it without macros, as .docx, .xlsx or .pptx."),
    Reason.EMBEDDED: gettext_lazy("There are other files inside this file. Take them out and send each by itself."),
    Reason.LINKED: gettext_lazy(
        "The document loads something from elsewhere. Break its links to other files, or save it as PDF."
    ),
    Reason.ACTIVE: gettext_lazy("The PDF holds actions that run by themselves. Print it to a new PDF and send that."),
    Reason.HIDDEN: gettext_lazy("Other content is hidden in the file. Open it, save it anew and send that."),
    Reason.BOMB: gettext_lazy("The file unpacks to far too much. Save it anew with smaller pictures."),
    Reason.DIMENSIONS: gettext_lazy("The picture is too large. Make it smaller than 30,000 pixels a side."),
    Reason.ENCODING: gettext_lazy("The text is not in Unicode. Save it with the encoding UTF-8."),
    Reason.FORMULA: gettext_lazy("The table holds formulas. Save it as .xlsx, or with values alone."),
}


class EvidenceRefused(Exception):
    """A file that is not taken; `name` is what it is called."""

    name = ""


class FileRefused(EvidenceRefused):
    def __init__(self, name: str, reason: Reason) -> None:
        self.name, self.reason = name, reason

    def __str__(self) -> str:
        return f"{self.name}: {WORDS[self.reason]}"


class FileTooLarge(EvidenceRefused):
    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return _("%(name)s: the file is larger than %(limit)s. Make it smaller or send it in parts.") % {
            "name": self.name,
            "limit": filesizeformat(settings.MAX_UPLOAD),
        }


class QuotaExceeded(EvidenceRefused):
    def __init__(self, name: str, unit: Unit, used: int) -> None:
        self.name, self.unit, self.used = name, unit, used

    def __str__(self) -> str:
        return _(
            "%(name)s: %(unit)s has used %(used)s of the %(quota)s it has for files. Withdraw files that nothing uses."
        ) % {
            "name": self.name,
            "unit": self.unit.label,
            "used": filesizeformat(self.used),
            "quota": filesizeformat(settings.UPLOAD_QUOTA),
        }


class NotStored(EvidenceRefused):
    """The disk did not take it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return _("%(name)s: the file could not be stored just now. Nothing was saved; try again in some minutes.") % {
            "name": self.name
        }


class MayNotSend(EvidenceRefused):
    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("You cannot attach files for %(unit)s. Ask its ISO officer to do it.") % {"unit": self.unit.label}


class EvidenceInUse(EvidenceRefused):
    def __str__(self) -> str:
        return _("This file is attached to something, so it stays: what was reported keeps its evidence.")


def keep_evidence(*, unit: Unit, file: File[bytes], title: str = "", by: User) -> Evidence:
    """Look at a file that was sent and keep it for `unit`. The same bytes again are the same row, race-safe.

    The file is written aside, hashed and checked before any row is locked, so that nobody waits for it; the row comes
    last. Raises MayNotSend, FileRefused, FileTooLarge, QuotaExceeded, NotStored; then nothing is kept.
    """
    if not any(holds_in(by, permission, unit) for permission in SENDERS):
        raise MayNotSend(unit)
    name, extension = harmless_name(file.name or "")
    if extension not in kinds.BY_EXTENSION:
        raise FileRefused(name, Reason.TYPE)
    if file.size is not None and file.size > settings.MAX_UPLOAD:
        raise FileTooLarge(name)
    try:
        draft = store.write_aside(evidence_root(), file.chunks(), limit=settings.MAX_UPLOAD)
    except store.TooLarge:
        raise FileTooLarge(name) from None
    except OSError:
        raise NotStored(name) from None
    try:
        kind = kinds.check(draft.path.read_bytes(), extension)
        return _keep(draft, unit=unit, name=name, title=title, media_type=kind.media_type, by=by)
    except RefusedFile as refused:
        raise FileRefused(name, refused.reason) from None
    except OSError:
        raise NotStored(name) from None
    finally:
        store.discard(draft)


@transaction.atomic
def _keep(draft: store.Draft, *, unit: Unit, name: str, title: str, media_type: str, by: User) -> Evidence:
    """The row of a file that was found good, or the one that has the same bytes already. One unit, one at a time."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    kept = Evidence.objects.kept().filter(unit=unit)
    if same := kept.filter(sha256=draft.sha256).first():
        return same
    used = kept.aggregate(sum=Sum("size"))["sum"] or 0
    if used + draft.size > settings.UPLOAD_QUOTA:
        raise QuotaExceeded(name, unit, used)
    stored_as = store.keep(evidence_root(), draft)
    try:
        with transaction.atomic():
            evidence = Evidence.objects.create(
                unit=unit,
                name=name,
                title=" ".join(title.split())[:300],
                media_type=media_type,
                stored_as=stored_as,
                sha256=draft.sha256,
                size=draft.size,
                uploaded_by=by,
            )
    except IntegrityError:  # a database that does not lock: the constraint let one through
        (evidence_root() / stored_as).unlink(missing_ok=True)
        return kept.get(sha256=draft.sha256)
    record(
        by=by,
        action="plans.evidence_kept",
        target=evidence,
        unit_path=unit.path,
        changes={"name": [None, name], "size": [None, draft.size], "sha256": [None, draft.sha256]},
    )
    return evidence


def keep_all(*, unit: Unit, files: Iterable[File[bytes]], earlier: Sequence[Evidence] = (), by: User) -> list[Evidence]:
    """The files of one form: those just sent and those of earlier that were chosen, each once. Raises as
    `keep_evidence`; files kept before the one that was refused stay among the unit's earlier files."""
    kept = [keep_evidence(unit=unit, file=file, by=by) for file in files]
    return list({each.pk: each for each in [*kept, *earlier]}.values())


@transaction.atomic
def withdraw_evidence(*, evidence: Evidence, by: User) -> Evidence:
    """Take back a file that nothing uses. Its bytes go with the next tidying. Raises MayNotSend, EvidenceInUse; who
    withdraws what is withdrawn changes nothing."""
    evidence = Evidence.objects.select_for_update(of=("self",)).select_related("unit").get(pk=evidence.pk)
    if not any(holds_in(by, permission, evidence.unit) for permission in SENDERS):
        raise MayNotSend(evidence.unit)
    if evidence.withdrawn_at is not None:
        return evidence
    if is_used(evidence):
        raise EvidenceInUse
    evidence.withdrawn_at = timezone.now()
    evidence.save(update_fields=["withdrawn_at"])
    record(
        by=by,
        action="plans.evidence_withdrawn",
        target=evidence,
        unit_path=evidence.unit.path,
        changes={"name": [evidence.name, None]},
    )
    return evidence
