"""Words placed on a page as lines and paragraphs: two columns one after the other, wrapped lines joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from unicodedata import normalize

from plans.document.head import KIND
from plans.document.paragraphs import BEGINS_ANEW, label_of
from plans.document.performers import begins_name
from plans.document.spelling import fold, tidy

_RECIPIENTS = re.compile(r"(?:noi nhan|noi gui)\b")
_HEAD_LINE = re.compile(r"ngay.{0,20}thang.{0,20}nam|^so\s?:")
_PAGE_NUMBER = re.compile(r"[-–]?\s?\d{1,3}\s?[-–]?|trang \d{1,3}(?:\s?/\s?\d{1,3})?")
_MARGIN = 62.0  # above and below this (points) stand page numbers and running titles
_LEAST_GUTTER = 4.0
_FULL = 26.0  # a line that leaves less than this of its cell, borders and padding included, had no room for more


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
    pitch: float = 0.0  # from one line of a paragraph to the next
    usual: float = 0.0  # from one line to the next, as most stand
    spaced: bool = False  # paragraphs stand apart, so lines that stand close are one paragraph
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
            if before is not None and before.page == line.page and _stands_apart(before, line):
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
        fits = fits or (before is not None and line.top - before.top > 1.7 * line.size)
        full = before is not None and width - (before.x1 - before.x0) < _FULL
        if lines and full and _is_cut(lines[-1], text):
            lines[-1] += text
        elif before is None or fits or label_of(text)[0] != "none" or begins_name(lines[-1], text):
            lines.append(text)
        else:
            lines[-1] += f" {text}"
        before = line
    return "\n".join(lines)


def _is_cut(above: str, below: str) -> bool:
    """Whether a column too narrow cut a date or a number in two."""
    return below[0].isdigit() and (above[-1] in "/-.," or above[-1].isdigit()) and any(map(str.isdigit, above[-3:]))


def _stands_apart(before: PrintedLine, line: PrintedLine) -> bool:
    """Whether the paper leaves a space above the line, more than it leaves between paragraphs."""
    return not -1 < line.top - before.top <= max(1.5 * line.usual, 1.5 * max(line.size, before.size))


def _goes_on(before: PrintedLine, line: PrintedLine) -> bool:
    """Whether the page's edge broke the line: its first word had no room above, it begins where wrapped lines do."""
    if not (before.joins and line.joins):
        return False
    close = before.page == line.page and line.top - before.top <= 1.15 * line.pitch
    if before.page == line.page and (line.top - before.top > 2.4 * line.size or (line.spaced and not close)):
        return False
    first = line.words[0]
    if before.x1 + 3 + (first.x1 - first.x0) < before.right - 2:
        return False
    text = tidy(line.text)
    if text[0].isupper() and BEGINS_ANEW.match(fold(text)):
        return False
    labelled = label_of(text)[0] != "none"
    if line.x0 <= line.left + 6:
        return not labelled or line.indents_labels or (line.spaced and close)
    hangs = label_of(tidy(before.text))[0] != "none" and 2 < line.x0 - before.x0 < 45
    return hangs and not labelled


def _flow(lines: list[PrintedLine]) -> list[PrintedLine]:
    """Lines of running text with the edges that they keep to."""
    if not lines:
        return []
    right = max(line.x1 for line in lines)
    pitch, usual, spaced = _spacing(lines)
    starts = Counter(round(line.x0) for line in lines)
    common = [start for start, count in starts.items() if count >= max(2, len(lines) // 12)]
    left = float(min(common, default=min(starts)))
    labels = [line.x0 for line in lines if label_of(tidy(line.text))[0] != "none"]
    indents = bool(labels) and sum(x0 > left + 10 for x0 in labels) * 3 >= len(labels) * 2
    for line in lines:
        line.left, line.right, line.indents_labels = left, right, indents
        line.pitch, line.usual, line.spaced = pitch, usual, spaced
    return lines


def _spacing(lines: list[PrintedLine]) -> tuple[float, float, bool]:
    """From line to line within paragraphs, from line to line at most places, and whether paragraphs stand apart."""
    gaps = sorted(line.top - before.top for before, line in pairwise(lines) if line.top > before.top)
    if not gaps:
        return 0.0, 0.0, False
    pitch, usual = gaps[len(gaps) // 10], gaps[len(gaps) // 2]
    return pitch, usual, sum(gap > 1.25 * pitch for gap in gaps) * 5 >= len(gaps) * 2


def _columns(words: list[Word], width: float) -> list[PrintedLine]:
    gutter = find_gutter(words, width)
    if gutter is None:
        parts = [words] if words else []
    else:
        parts = [[word for word in words if word.x1 <= gutter], [word for word in words if word.x1 > gutter]]
    columns = [_with_years(lines_of(part)) for part in parts]
    for lines in columns:
        usual = _spacing(lines)[1]
        for line in lines:
            line.joins, line.usual = False, usual
    return [line for lines in columns for line in lines]


def _with_years(lines: list[PrintedLine]) -> list[PrintedLine]:
    """A year that had no room beside "ngày … tháng … năm" goes back to it."""
    kept: list[PrintedLine] = []
    for line in lines:
        if kept and re.fullmatch(r"(?:nam )?\d{4}", fold(line.text)) and re.search(r"\bthang\b", fold(kept[-1].text)):
            kept[-1].text += f" {line.text}"
        else:
            kept.append(line)
    return kept


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
