"""Packages without a Vietnamese catalogue: every word of theirs that a person meets here is translated in ours."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import allauth
import polib
import pytest
from django.conf import settings

from isoportal import foreign_words

PACKAGE = Path(allauth.__file__).parent
# Ways in that are switched off: by telephone, by code, by passkey, by sign-up; and notices that are not sent.
UNUSED = re.compile(
    r"[Pp]hone|code|passkey|signup|[Ss]ign up|security key|authenticator|optional"
    r"|Email \(again\)|email each time|Email address confirmation"
)
PAGES = ["account_inactive", "base_reauthenticate", "email", "logout", "password_change", "password_reset"]
PAGES += ["password_reset_done", "password_reset_from_key", "password_reset_from_key_done", "reauthenticate"]
PAGES += ["signup_closed"]
WORDS = re.compile(
    r"""{%\s*(?:trans|translate)\s+(["'])(.+?)\1\s*%}|{%\s*blocktrans(?:late)?\s*%}(.+?){%\s*endblocktrans"""
)


def words_of_templates() -> set[str]:
    files = [PACKAGE / "templates" / "account" / f"{page}.html" for page in PAGES]
    files += (PACKAGE / "templates" / "account" / "messages").glob("*.txt")
    found = [quoted or block for file in files for _quote, quoted, block in WORDS.findall(file.read_text())]
    return {re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", word) for word in found}


def words_of_forms() -> set[str]:
    trees = [ast.parse((PACKAGE / "account" / name).read_text()) for name in ("adapter.py", "forms.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in {"_", "gettext"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


@pytest.fixture(scope="module")
def catalogue() -> dict[str, str]:
    entries = polib.pofile(str(Path(settings.BASE_DIR, "locale/vi/LC_MESSAGES/django.po")))
    return {entry.msgid: entry.msgstr for entry in entries if not entry.fuzzy}


def test_every_word_of_the_package_that_can_be_met_is_translated(catalogue):
    met = {word for word in words_of_templates() | words_of_forms() if not UNUSED.search(word)}

    assert len(met) > 60
    assert sorted(word for word in met if not catalogue.get(word)) == []


def test_every_word_kept_for_the_package_is_translated(catalogue):
    assert [word for word in foreign_words.ALLAUTH if not catalogue.get(word)] == []
