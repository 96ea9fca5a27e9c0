"""A browser's long name made readable, so that a person knows their own sign-ins."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The order matters: Chrome calls itself Safari, and the others call themselves Chrome.
BROWSERS = (
    ("coc_coc_browser/", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def device(user_agent: str) -> str:
    """ "Chrome, Windows" of a User-Agent header; of an unknown one its first word."""
    known = [next((name for sign, name in table if sign in user_agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in known if name) or user_agent.split("/")[0][:40] or _("unknown")
