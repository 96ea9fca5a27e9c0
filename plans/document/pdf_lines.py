"""Words placed on a page as lines and paragraphs: two columns one after the other, wrapped lines joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from plans.document.head import KIND
from plans.document.paragraphs import BEGINS_ANEW, label_of
from plans.document.spelling import fold, tidy

_RECIPIENTS = re.compile(r"(?:noi nhan|noi gui)\b")
_HEAD_LINE = re.compile(r"ngay.{0,20}thang.{0,20}nam|^so\s?:")
_PAGE_NUMBER = re.compile(r"[-–]?\s?\d{1,3}\s?[-–]?|trang \d{1,3}(?:\s?/\s?\d{1,3})?")
_MARGIN = 62.0  # above and below this (points) stand page numbers and running titles
_LEAST_GUTTER = 4.0


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class PrintedLine:
    words: list[Word]
    page: int = 0
    right: float = 0.0  # where the text of its page or column ends
    left: float = 0.0
    indents_labels: bool = False
    joins: bool = True  # False in columns and heads, whose lines the reader joins by sense
    text: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.words.sort(key=lambda word: word.x0)
        gap = max(30.0, 2.2 * self.size)
        parts = [self.words[0].text]
        for before, word in zip(self.words, self.words[1:], strict=False):
            parts.append(("    " if word.x0 - before.x1 > gap else " ") + word.text)
        self.text = "".join(parts)

    @property
    def size(self) -> float:
        return max(word.bottom - word.top for word in self.words)

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return self.words[-1].x1


def words_of(found: Iterable[dict[str, Any]]) -> list[Word]:
    return [Word(normalize("NFC", each["text"]), each["x0"], each["x1"], each["top"], each["bottom"]) for each in found]


def lines_of(words: Iterable[Word]) -> list[PrintedLine]:
    """Words on one base line, from the top."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.bottom, word.x0)):
        if rows and abs(rows[-1][0].bottom - word.bottom) < 0.35 * (word.bottom - word.top):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [PrintedLine(row) for row in rows]


def without_furniture(pages: list[list[Word]], heights: Sequence[float]) -> list[list[Word]]:
    """The pages without page numbers and without titles that run over several of them."""
    seen: Counter[str] = Counter()
    marginal: list[list[PrintedLine]] = []
    for words, height in zip(pages, heights, strict=True):
        lines = [line for line in lines_of(words) if line.top < _MARGIN or line.words[0].bottom > height - _MARGIN]
        marginal.append(lines)
        seen.update({_running(line) for line in lines})
    kept = []
    for words, lines in zip(pages, marginal, strict=True):
        dropped = {
            id(word)
            for line in lines
            if _PAGE_NUMBER.fullmatch(fold(line.text)) or (seen[_running(line)] > max(1, len(pages) // 2))
            for word in line.words
        }
        kept.append([word for word in words if id(word) not in dropped])
    return kept


def text_lines(words: list[Word], *, width: float, page: int) -> list[PrintedLine]:
    """The lines of a page in reading order: the head and the signing block column by column."""
    lines = lines_of(words)
    if not lines:
        return []
    head = _head_words(lines) if page == 0 else []
    taken = {id(word) for word in head}
    closing = _closing_words([word for word in words if id(word) not in taken], lines)
    taken |= {id(word) for word in closing}
    before = [word for word in words if id(word) not in taken]
    first = min((word.top for word in closing), default=0.0)
    above = [word for word in before if not closing or word.top < first]
    below = [word for word in before if closing and word.top >= first]
    return [
        *_columns(head, width),
        *_flow(lines_of(above)),
        *_columns(closing, width),
        *_flow(lines_of(below)),
    ]


def paragraphs(lines: list[PrintedLine]) -> list[str]:
    """One text line for each paragraph; a blank one where the paper leaves a space."""
    result: list[str] = []
    before: PrintedLine | None = None
    for line in lines:
        if before is not None and _goes_on(before, line):
            result[-1] += " " + tidy(line.text)
        else:
            apart = before is not None and before.page == line.page
            if apart and before is not None and not -1 < line.top - before.top < 1.95 * max(line.size, before.size):
                result.append("")
            result.append(line.text)
        before = line
    return result


def cell_text(words: list[Word], width: float) -> str:
    """The words of a cell; only breaks that its author made are kept."""
    lines: list[str] = []
    before: PrintedLine | None = None
    for line in lines_of(words):
        text = tidy(line.text)
        fits = before is not None and before.x1 - before.x0 + line.words[0].x1 - line.words[0].x0 + 4 < width - 14
        if before is None or fits or label_of(text)[0] != "none":
            lines.append(text)
        else:
            lines[-1] += text if lines[-1].endswith("/") else f" {text}"
        before = line
    return "\n".join(lines)


def _goes_on(before: PrintedLine, line: PrintedLine) -> bool:
    """Whether the page's edge broke the line: its first word had no room above, it begins where wrapped lines do."""
    if not (before.joins and line.joins):
        return False
    if before.page == line.page and line.top - before.top > 2.4 * line.size:
        return False
    first = line.words[0]
    if before.x1 + 3 + (first.x1 - first.x0) < before.right - 2:
        return False
    text = tidy(line.text)
    if text[0].isupper() and BEGINS_ANEW.match(fold(text)):
        return False
    labelled = label_of(text)[0] != "none"
    if line.x0 <= line.left + 6:
        return not labelled or line.indents_labels
    hangs = label_of(tidy(before.text))[0] != "none" and 2 < line.x0 - before.x0 < 45
    return hangs and not labelled


def _flow(lines: list[PrintedLine]) -> list[PrintedLine]:
    """Lines of running text with the edges that they keep to."""
    if not lines:
        return []
    rights = sorted(line.x1 for line in lines)
    right = rights[-1 - len(rights) // 20]
    starts = Counter(round(line.x0) for line in lines)
    usual = [start for start, count in starts.items() if count >= max(2, len(lines) // 12)]
    left = float(min(usual, default=min(starts)))
    labels = [line.x0 for line in lines if label_of(tidy(line.text))[0] != "none"]
    indents = bool(labels) and sum(x0 > left + 10 for x0 in labels) * 3 >= len(labels) * 2
    for line in lines:
        line.left, line.right, line.indents_labels = left, right, indents
    return lines


def _columns(words: list[Word], width: float) -> list[PrintedLine]:
    gutter = find_gutter(words, width)
    if gutter is None:
        parts = [words] if words else []
    else:
        parts = [[word for word in words if word.x1 <= gutter], [word for word in words if word.x1 > gutter]]
    lines = [line for part in parts for line in lines_of(part)]
    for line in lines:
        line.joins = False
    return lines


def find_gutter(words: list[Word], width: float) -> float | None:
    """The middle of the widest upright strip that no word touches, between a fifth and seven tenths of the page."""
    low, high = 0.2 * width, 0.7 * width
    edge, best = low, (0.0, 0.0)
    for word in sorted(words, key=lambda word: word.x0):
        begin = min(word.x0, high)
        if begin - edge > best[0]:
            best = (begin - edge, (begin + edge) / 2)
        edge = max(edge, word.x1)
    size, middle = best
    has_both = any(word.x1 <= middle for word in words) and any(word.x0 >= middle for word in words)
    return middle if size >= _LEAST_GUTTER and has_both else None


def _head_words(lines: list[PrintedLine]) -> list[Word]:
    """What stands above the kind of document, or above the first words that no head has."""
    stop = next((place for place, line in enumerate(lines[:30]) if KIND.fullmatch(tidy(line.text))), None)
    if stop is None:
        found = [place for place, line in enumerate(lines[:12]) if _HEAD_LINE.search(fold(tidy(line.text)))]
        stop = found[-1] + 1 if found else 0
    return [word for line in lines[:stop] for word in line.words]


def _closing_words(words: list[Word], lines: list[PrintedLine]) -> list[Word]:
    """What stands beside and under "Nơi nhận", as far down as there are two columns."""
    start = next(
        (line.top for line in lines if _RECIPIENTS.match(fold(tidy(line.text))) or _names_recipients(line)), None
    )
    if start is None:
        return []
    rows = [line.words for line in lines_of(word for word in words if word.top >= start - 12)]
    right = max((word.x1 for word in words), default=0.0)
    left = min((word.x0 for word in words), default=0.0)
    for count in range(len(rows), 1, -1):
        zone = [word for row in rows[:count] for word in row]
        if find_gutter(zone, left + right) is not None:
            return zone
    return []


def _names_recipients(line: PrintedLine) -> bool:
    """ "Nơi nhận" at the left of a line that the signing block shares."""
    return bool(re.match(r".{0,4}(?:noi nhan|noi gui)\s?:", fold(tidy(line.text))))


def _running(line: PrintedLine) -> str:
    return re.sub(r"\d+", "0", fold(tidy(line.text)))
