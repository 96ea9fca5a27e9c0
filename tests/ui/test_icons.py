"""Every icon that a template or the vocabulary names exists in the icon package: a missing one would be a 500."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from isoportal.templatetags import vocabulary
from isoportal.templatetags.ui import icon
from units.contexts import PLACES

NAMED = re.compile(r"""\bicon(?:=|\s+)"([a-z0-9-]+)\"""")


def icons_of_templates() -> set[str]:
    files = [*Path(settings.BASE_DIR, "templates").rglob("*.html")]
    return {name for file in files for name in NAMED.findall(file.read_text())}


def icons_of_code() -> set[str]:
    states = [state for kind in vocabulary.STATUSES.values() for state in kind.values()]
    states += vocabulary.SAVE_STATES.values()
    places = {place.icon for _title, places in PLACES for place in places}
    return (
        {state.icon for state in states} | {*vocabulary.FILE_ICONS.values(), *vocabulary.NOTICE_ICONS.values()} | places
    )


def test_every_icon_named_anywhere_exists():
    names = icons_of_templates() | icons_of_code()

    assert {"list-filter", "send", "house"} <= names
    for name in sorted(names):
        assert "<path" in icon(name) or "<circle" in icon(name) or "<rect" in icon(name)
