"""What stylesheets and templates ask for is in the house, and nothing asks for what the content policy refuses."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

STATIC = Path(settings.BASE_DIR, "static")
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
OURS = [path for path in TEMPLATES if "reports" not in path.parts]  # documents to print carry their own style


def test_every_url_of_the_stylesheets_is_a_file_of_ours():
    for sheet in (STATIC / "css").glob("*.css"):
        urls = re.findall(r"""url\(["']?([^"')]+)""", sheet.read_text())
        for url in urls:
            assert finders.find(posixpath.normpath(f"css/{url}")), f"{sheet.name}: {url}"


def test_every_static_file_of_the_templates_exists():
    names = {name for path in TEMPLATES for name in re.findall(r"""{% static ["']([^"']+)""", path.read_text())}

    assert "css/theme.css" in names
    assert sorted(name for name in names if not finders.find(name)) == []


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_template_needs_an_inline_style_or_script(path):
    text = path.read_text()

    assert not re.search(r"""\sstyle=["']|<style|\son[a-z]+=["']|<script>|javascript:""", text)


def test_the_licence_travels_with_the_fonts():
    assert "SIL Open Font License" in (STATIC / "fonts" / "OFL.txt").read_text()
    assert len(list((STATIC / "fonts").glob("*.woff2"))) == 6
