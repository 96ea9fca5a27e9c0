from __future__ import annotations

import json
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.document import PlanDocument, read_document, to_json
from plans.document.decoding import IsTooLarge
from plans.document.files import LARGEST_FILE
from plans.services import AlreadyImported, find_unit_for, import_document
from plans.services.papers import UnreadablePaper, read_paper
from units.models import Unit


class Command(BaseCommand):
    help = (
        "Read plans or decisions from .txt (UTF-8, or UTF-16 with a mark), .docx or .pdf files; each becomes a draft. "
        "All files are saved or none. With --json the documents are only printed: nothing is saved."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="a plan or decision as .txt, .docx or .pdf")
        parser.add_argument("--dry-run", action="store_true", help="say what would be made, save nothing")
        parser.add_argument(
            "--json",
            action="store_true",
            help="only print what was read, as an object for one file and an array for several; never saves",
        )
        parser.add_argument(
            "--unit", metavar="CODE_OR_ID", help="unit the plans belong to (default: found by place and issuer)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Every file is read before anything is saved, so that an unreadable last file leaves no half import.
        texts = [(name, self._read(name)) for name in options["files"]]
        documents = [(name, text, read_document(text)) for name, text in texts]
        if options["json"]:
            if isinstance(sys.stdout, TextIOWrapper):
                sys.stdout.reconfigure(encoding="utf-8")  # whatever the terminal's locale says
            read = [to_json(document) for _name, _text, document in documents]
            self.stdout.write(json.dumps(read[0] if len(read) == 1 else read, ensure_ascii=False, indent=2))
            return
        unit = self._unit(options["unit"]) if options["unit"] else None
        with transaction.atomic():
            for name, text, document in documents:
                self._import(name, text, document, unit, dry_run=options["dry_run"])

    def _read(self, name: str) -> str:
        try:
            path = Path(name)
            if path.is_file() and path.stat().st_size > LARGEST_FILE:
                raise CommandError(f"{name}: {UnreadablePaper(IsTooLarge())}")
            return read_paper(name=name, data=path.read_bytes())
        except FileNotFoundError:
            reason = _("there is no such file.")
        except IsADirectoryError:
            reason = _("this is a folder; name the files in it.")
        except (OSError, ValueError):
            reason = _("the file cannot be opened; check its name and your right to read it.")
        except UnreadablePaper as unreadable:
            reason = str(unreadable)
        raise CommandError(f"{name}: {reason}")

    def _unit(self, wanted: str) -> Unit:
        """The unit of this code, or of this id: a code is zero-padded text, so it is tried first."""
        found = list(Unit.objects.filter(code=wanted)[:2])
        if not found and wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
            found = list(Unit.objects.filter(pk=int(wanted)))
        if not found:
            raise CommandError(_("There is no unit with the code or id %(wanted)s.") % {"wanted": wanted})
        if len(found) > 1:
            raise CommandError(_("Several units bear the code %(wanted)s; give the id of one.") % {"wanted": wanted})
        return found[0]

    def _import(self, name: str, text: str, document: PlanDocument, unit: Unit | None, *, dry_run: bool) -> None:
        owner = unit or find_unit_for(document)
        if owner is None:
            raise CommandError(
                f"{name}: " + _("no unit matches the issuer of this document; name the unit with --unit.")
            )
        if document.title is None and not document.tasks:
            raise CommandError(f"{name}: " + _("neither a title nor a task was found; is this a plan or decision?"))
        if not dry_run:
            try:
                import_document(document=document, unit=owner, by=None, text=text)
            except AlreadyImported as refusal:
                raise CommandError(f"{name}: {refusal}") from None
        self.stdout.write(f"{name}: {self._summary(document, owner)}")

    def _summary(self, document: PlanDocument, owner: Unit) -> str:
        designation = f"{document.number or '…'}/{document.symbol or '…'}"
        tasks = ngettext("%(count)s task", "%(count)s tasks", len(document.tasks)) % {"count": len(document.tasks)}
        left = len(document.unrecognised)
        lines = ngettext("%(count)s line not recognised", "%(count)s lines not recognised", left) % {"count": left}
        return f"{designation} · {owner} · {tasks} · {lines}"
