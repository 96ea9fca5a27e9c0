"""Say what the translations lack: texts not yet collected, without Vietnamese, or doubtful. `--write` collects them."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import django
import polib
from django.conf import settings
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["vi", "en"]
IGNORED = [".venv", "var", "tests", "bench", "scripts"]


def catalogue(folder: Path, language: str) -> polib.POFile:
    file = folder / language / "LC_MESSAGES" / "django.po"
    return polib.pofile(str(file)) if file.exists() else polib.POFile()


def collect(ignored: list[str]) -> None:
    call_command("makemessages", locale=LANGUAGES, no_wrap=True, no_location=True, ignore_patterns=ignored, verbosity=0)


def lacking() -> list[str]:
    vietnamese = catalogue(ROOT / "locale", "vi")
    found = [f"no Vietnamese: {entry.msgid!r}" for entry in vietnamese.untranslated_entries()]
    found += [f"doubtful (fuzzy): {entry.msgid!r}" for entry in vietnamese.fuzzy_entries()]
    # Beside locale/, because makemessages writes each text into the first locale folder whose parent holds its source.
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".locale-") as folder:
        for language in LANGUAGES:
            Path(folder, language, "LC_MESSAGES").mkdir(parents=True)
        settings.LOCALE_PATHS = [folder]
        collect([*IGNORED, "locale"])
        for language in LANGUAGES:
            collected = {(entry.msgctxt, entry.msgid) for entry in catalogue(Path(folder), language)}
            held = {
                (entry.msgctxt, entry.msgid) for entry in catalogue(ROOT / "locale", language) if not entry.obsolete
            }
            found += [f"not in locale/{language}: {msgid!r}" for _, msgid in sorted(collected - held, key=str)]
            found += [
                f"no longer used, in locale/{language}: {msgid!r}" for _, msgid in sorted(held - collected, key=str)
            ]
    return found


def main() -> None:
    django.setup()
    if not shutil.which("xgettext"):
        sys.exit("translations: needs gettext; install it: apt-get install gettext")
    if "--write" in sys.argv:
        collect(IGNORED)
        return
    if found := lacking():
        sys.exit("\n".join([*found, "translations: run 'make messages' and complete locale/vi/LC_MESSAGES/django.po"]))


main()
