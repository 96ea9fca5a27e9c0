"""Who issues the paper, and which standards it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plans.document.model import Signature, Source, Text
from plans.document.spelling import fold, tidy

_ISSUES = re.compile(
    r"\s*\b(?:xay dung (?:va|,) ?ban hanh|ban hanh|xay dung|de ra|quyet dinh ban hanh)\s+(?:ke hoach|"
    r"chuong trinh|quyet dinh)"
)
_BODY = re.compile(
    r"(?:uy ban nhan dan|ubnd|ban\s|so\s|hoi dong|chi cuc|cuc\s|bo\s|van phong|phong\s|trung tam|tong cuc)"
)
_PEOPLE = re.compile(r"(?:uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd)")
_HEAD_OF = re.compile(
    r"(?:pho )?(?:chu tich|giam doc|truong ban|truong phong|chanh|cuc truong|chi cuc truong)\s+(?=\S)"
)
_STANDARD = re.compile(r"(?:TCVN\s{0,3})?(?:ISO(?:/IEC|/TS)?|ISO/TC)\s{0,3}\d{4,5}(?:-\d{1,2})?(?:\s?:\s?\d{4})?")
_LEVELS = ("tỉnh", "thành phố", "huyện", "thị xã", "quận", "xã", "phường", "thị trấn", "đặc khu")


def find_issuer(
    *, organ: Text | None, authority: Text | None, signature: Signature, place: str | None, texts: list[Text]
) -> Text | None:
    """The issuing body: the head names it; else the line of authority, the signing block with the place, a sentence."""
    if organ:
        return organ
    if authority:
        head = _HEAD_OF.match(fold(authority.text))
        return Text(authority.text[head.end() :] if head else authority.text, authority.source)
    behalf = next((line[3:].strip() for line in signature.lines if re.match(r"TM\s?\.", line)), "")
    subject = _subject(texts)
    if _PEOPLE.match(fold(behalf)) and place:
        level = _level(place, texts)
        name = "Hội đồng nhân dân" if fold(behalf).startswith(("hoi", "hd")) else "Ủy ban nhân dân"
        if fold(place) in fold(behalf):
            return Text(behalf, signature.source)
        return Text(tidy(f"{name} {level} {place}"), signature.source)
    if subject:
        return subject
    if behalf:
        return Text(behalf, signature.source)
    for line in signature.lines:
        head = _HEAD_OF.match(fold(line))
        if head and _BODY.match(fold(line[head.end() :]) + " "):
            return Text(line[head.end() :], signature.source)
    return None


def find_standards(texts: Iterable[str]) -> tuple[str, ...]:
    """The standards cited in `texts` as written, each once; without an edition only where none is cited with one."""
    cited = dict.fromkeys(
        re.sub(r"\s*:\s*", ":", tidy(found.group())) for text in texts for found in _STANDARD.finditer(text)
    )
    with_edition = {name.partition(":")[0] for name in cited if ":" in name}
    return tuple(name for name in cited if name not in with_edition)


def _subject(texts: list[Text]) -> Text | None:
    """The body that "… ban hành Kế hoạch …" names, in the last sentence that says so."""
    for text in reversed(texts):
        folded = fold(text.text)
        found = _ISSUES.search(folded)
        if not found:
            continue
        clause = max(text.text.rfind(mark, 0, found.start()) for mark in (",", ";", "."))
        words = text.text[clause + 1 : found.start()].strip()
        if _BODY.match(fold(words) + " ") and len(words) <= 120:
            return Text(words, text.source)
    return None


def _level(place: str, texts: list[Text]) -> str:
    """Whether the text calls the place a province, a city or what else; "" when it does not say."""
    everything = "\n".join(text.text for text in texts)[:200_000].casefold()
    counts: list[tuple[int, Source, str]] = [
        (everything.count(f"{level} {place}".casefold()), (-rank,), level) for rank, level in enumerate(_LEVELS)
    ]
    best = max(counts)
    return best[2] if best[0] else ""
