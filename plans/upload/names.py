"""What a file is called, made harmless. Pure.

The name is only ever shown and offered as the name of a download: the file itself is stored under a random one.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 150  # letters, the extension included
_LONGEST_BYTES = 240  # most file systems take 255
_UNFIT = re.compile(r'[<>:"|?*/\\]+')
_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
# Extensions that Windows or a browser would run: never left standing inside a name either ("a.exe.pdf").
_RUNNING = re.compile(
    r"\.(?=(?:exe|com|scr|pif|bat|cmd|msi|msp|dll|cpl|jar|js|jse|vbs|vbe|wsf|wsh|hta|ps1|psm1|lnk|url|reg|chm|hlp|inf|"
    r"iso|img|apk|app|sh|py|php\d?|phtml|asp|aspx|jsp|html?|xhtml|shtml|svg|svgz|xml|mht|mhtml|swf|xla|xlam|xlsm|docm|"
    r"dotm|pptm|xll)(?:\.|\s|$))",
    re.IGNORECASE,
)
# Controls, directions (U+202E shows "gpj.exe" as "exe.jpg"), zero width, private and unassigned letters, surrogates.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
FALLBACK = "tep"


def harmless_name(given: str) -> tuple[str, str]:
    """The name to show, and its extension in small letters without the dot ("" where there is none).

    The extension is never taken from what was cut off: a path is dropped, invisible letters are dropped, what would run
    inside the name loses its dot, a device's name of Windows gets an underscore, the stem is cut to fit.
    """
    name = unicodedata.normalize("NFC", given)
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(" " if letter.isspace() else letter for letter in name)
    name = "".join(letter for letter in name if unicodedata.category(letter) not in _INVISIBLE)
    name = _SPACES.sub(" ", _UNFIT.sub("_", name)).lstrip().rstrip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    extension = extension.strip().lower()
    stem = _RUNNING.sub("_", f"{stem} ").strip(" .") or FALLBACK
    if _RESERVED.match(f"{stem}."):
        stem = f"_{stem}"
    return _fit(stem, extension), extension


def _fit(stem: str, extension: str) -> str:
    tail = f".{extension[:20]}" if extension else ""
    stem = stem[: LONGEST - len(tail)]
    while len((stem + tail).encode()) > _LONGEST_BYTES:
        stem = stem[:-1]
    return (stem.rstrip(" .") or FALLBACK) + tail
