"""The end of the paper: recipients and signing block, one under the other or side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from plans.document.head import KIND
from plans.document.lines import RawLine, joined
from plans.document.model import Recipient, Signature, Text
from plans.document.paragraphs import is_decoration, label_of
from plans.document.spelling import fold, is_capitals, strip_end, tidy

_HEADING = re.compile(r"[*_\s]*(?:noi nhan|noi gui)\b\s?:?\s?")
_ON_BEHALF = re.compile(r"(?:(?:TM|KT|TL|TUQ|Q)\s?\.|(?:T/M|K/T|T/L)\b\.?)\s?\S")
_OFFICE = re.compile(
    r"(?:quyen |q\. ?)?(?:pho )?(?:chu tich|giam doc|truong ban|chanh van phong|(?:chi |tong )?cuc truong|bo truong|"
    r"vien truong|thu truong|chanh thanh tra|truong phong|truong doan|to truong|tong cuc truong|thuong truc|bi thu)\b"
)
_COLUMNS = re.compile(r"\t+|\||\s{3,}")
_BULLET = re.compile(r"[-–—−•●▪*+·\uf000-\uf0ff]\s*")
_PURPOSE = re.compile(r"\((?P<purpose>[^()]{1,80})\)$")
_PURPOSE_WORDS = re.compile(
    r"(?:de |b/c|t/h|p/h|bao cao|thuc hien|phoi hop|biet|chi dao|theo doi|dang |dua tin|gui|kiem tra|thay b/c|"
    r"thay bao cao|b/cao|ph/hop|tuyen truyen|giam sat|xin y kien|[a-z]{1,3}/[a-z]{1,3}\b)"
)
_SIGNED = re.compile(r"[(\[]?\s?(?:da ky|ky ten|ky,|ky va|ky so|ky dien tu|chu ky)")
_ANNEX = re.compile(r"(?:phu luc|bieu so|mau so|danh muc|\((?:ban hanh )?kem theo)\b")
_DEGREE = re.compile(r"(?:(?:PGS|GS|TS|ThS|BS|KS|CN|CKII?|Đ/c|Ông|Bà|Thiếu tướng|Đại tá)\.?\s*)+")
_SURNAMES = frozenset(
    [
        "bui",
        "cao",
        "chau",
        "chu",
        "chau",
        "dam",
        "dang",
        "dao",
        "dau",
        "diep",
        "dinh",
        "do",
        "doan",
        "duong",
        "giang",
        "giap",
        "ha",
        "ho",
        "hoa",
        "hoang",
        "huynh",
        "khuat",
        "kieu",
        "kim",
        "la",
        "lai",
        "lam",
        "le",
        "lo",
        "lu",
        "luong",
        "luu",
        "ly",
        "ma",
        "mac",
        "mai",
        "nghiem",
        "ngo",
        "nguyen",
        "nhan",
        "ninh",
        "nong",
        "ong",
        "pham",
        "phan",
        "phi",
        "phung",
        "quach",
        "quan",
        "sam",
        "ta",
        "tang",
        "thach",
        "thai",
        "than",
        "thi",
        "to",
        "ton",
        "tong",
        "tran",
        "trieu",
        "trinh",
        "truong",
        "tu",
        "ung",
        "van",
        "vang",
        "vi",
        "vo",
        "vu",
        "vuong",
        "xa",
        "y",
    ]
)


@dataclass(slots=True)
class Closing:
    recipients: tuple[Recipient, ...] = ()
    heading: Text | None = None
    signature: Signature = field(default_factory=Signature)
    decorations: list[Text] = field(default_factory=list)
    stop: int = 0  # place of the first line of an annex


@dataclass(slots=True)
class _Stream:
    """What the two columns say, each in its own order."""

    recipients: list[list[tuple[str, int]]] = field(default_factory=list)
    signature: list[tuple[str, RawLine]] = field(default_factory=list)
    heading: Text | None = None
    open: str = ""
    side_by_side: bool = False  # what stands in the left column then goes on with the recipients


def find_closing(lines: tuple[RawLine, ...], start: int) -> int:
    """The place of the first line of recipients or signing block."""
    last_section = start
    for position in range(len(lines) - 1, start, -1):
        if label_of(lines[position].tidy)[0] in {"roman", "article", "part"} and not _ON_BEHALF.match(
            lines[position].tidy
        ):
            last_section = position
            break
    for position in range(start, len(lines)):
        line = lines[position]
        pieces = [tidy(piece) for piece in _COLUMNS.split(line.text) if piece.strip()]
        if any(_is_heading(piece) for piece in pieces[:2]):
            return position
        if any(_begins_signature(piece, position > last_section) for piece in pieces):
            return position
    return len(lines)


def read_closing(lines: tuple[RawLine, ...], start: int) -> Closing:
    stream = _Stream()
    read = Closing(stop=len(lines))
    for position in range(start, len(lines)):
        line = lines[position]
        if is_decoration(line):
            read.decorations.append(joined([line]))
        elif position > start and _is_annex(line):
            read.stop = position
            break
        else:
            _place(line, stream)
    read.heading = stream.heading
    read.recipients = tuple(_recipient(parts) for parts in stream.recipients)
    read.signature = _signature(stream.signature)
    return read


def _begins_signature(piece: str, after_sections: bool) -> bool:
    if _ON_BEHALF.match(piece):
        return is_capitals(piece)
    return after_sections and len(piece) < 80 and is_capitals(piece) and bool(_OFFICE.match(fold(piece)))


def _is_heading(piece: str) -> bool:
    found = _HEADING.match(fold(piece))
    return bool(found and (len(piece) < 60 or ":" in found.group()))


def _is_annex(line: RawLine) -> bool:
    return (
        bool(_ANNEX.match(line.folded)) or bool(KIND.match(line.tidy)) or label_of(line.tidy)[0] in {"part", "article"}
    )


def _place(line: RawLine, stream: _Stream) -> None:
    """Give each column of the line to the recipients or to the signing block."""
    indent = len(line.text) - len(line.text.lstrip(" "))
    pieces = [tidy(piece) for piece in _COLUMNS.split(line.text) if piece.strip()]
    stream.side_by_side = stream.side_by_side or (len(pieces) > 1 and bool(stream.heading or _is_heading(pieces[0])))
    leading_column = line.text[:1] == "\t" or indent >= 20
    for column, piece in enumerate(pieces):
        folded = fold(piece)
        heading = _HEADING.match(folded)
        right = column > 0 or (leading_column and len(pieces) == 1)
        if heading and not right:
            stream.heading = Text(piece[: heading.end()].strip(), (line.number,))
            stream.open = "recipients"
            for rest in _listed(piece[heading.end() :]):
                stream.recipients.append([(rest, line.number)])
        elif not right and stream.heading and _BULLET.match(piece):
            stream.recipients.extend([(rest, line.number)] for rest in _listed(piece))
            stream.open = "recipients"
        elif not right and stream.side_by_side and not _is_name(piece) and not is_capitals(piece):
            _go_on(stream, piece, line)
        elif (
            right or _begins_signature(piece, after_sections=True) or (stream.signature and stream.open == "signature")
        ):
            stream.signature.append((piece, line))
            stream.open = "signature"
        elif stream.open == "recipients" and not _is_name(piece) and not is_capitals(piece):
            _go_on(stream, piece, line)
        elif stream.signature or is_capitals(piece) or _is_name(piece):
            stream.signature.append((piece, line))
            stream.open = "signature"


def _listed(text: str) -> list[str]:
    """Recipients that share one line: "- Như Điều 3; - Lưu: VT."."""
    parts = re.split(r"(?<=;)\s*(?=[-–+•]\s)", text)
    return [part for part in (_BULLET.sub("", part, count=1).strip() for part in parts) if part]


def _go_on(stream: _Stream, piece: str, line: RawLine) -> None:
    last = stream.recipients[-1] if stream.recipients else None
    if last and not last[-1][0].endswith((";", ".")):
        last.append((piece, line.number))
    elif piece.endswith((";", ".")) and len(piece) < 120:
        stream.recipients.append([(piece, line.number)])


def _recipient(parts: list[tuple[str, int]]) -> Recipient:
    text = strip_end(" ".join(part for part, _ in parts))
    source = tuple(dict.fromkeys(number for _, number in parts))
    found = _PURPOSE.search(text[-90:])
    is_filing = bool(re.match(r"luu\b", fold(text)))
    if found and _PURPOSE_WORDS.match(fold(found["purpose"].strip())):
        return Recipient(text[: -len(found.group())].rstrip(" ,"), found["purpose"].strip(), is_filing, source)
    return Recipient(text, None, is_filing, source)


def _signature(pieces: list[tuple[str, RawLine]]) -> Signature:
    """Authority lines, the name (the last line that is one), and what a stamp or a signature left in words."""
    marks = [(text, line) for text, line in pieces if _SIGNED.match(fold(text))]
    words = [(text, line) for text, line in pieces if not _SIGNED.match(fold(text))]
    name = _name_place([text for text, _ in words])
    kept = [(text, line) for text, line in words[:name] if _is_authority(text)]
    signed = [words[name]] if name is not None else []
    office = kept[-1][0] if signed and len(kept) > 1 and _stands_apart(kept[-1][1], kept, pieces) else None
    used = [*kept, *signed, *marks]
    return Signature(
        lines=tuple(text for text, _ in kept),
        name=signed[0][0] if signed else None,
        office=office,
        marks=tuple(text for text, _ in marks),
        source=tuple(sorted({line.number for _, line in used})),
    )


def _name_place(words: list[str]) -> int | None:
    """Where the name stands: the last line that can be one; in capitals only with a surname that Vietnam knows."""
    for place in range(len(words) - 1, -1, -1):
        if _is_name(words[place]):
            return place
    for place in range(len(words) - 1, 0, -1):
        if _is_name(words[place].title()) and fold(words[place]).split()[0] in _SURNAMES:
            return place
    return None


def _stands_apart(line: RawLine, kept: list[tuple[str, RawLine]], pieces: list[tuple[str, RawLine]]) -> bool:
    """Whether the last line of authority stands below the space for the signature, right above the name."""
    place = next(index for index, (_, other) in enumerate(pieces) if other is line)
    after = pieces[place + 1][1] if place + 1 < len(pieces) else None
    return line.after_gap and kept[-2][1] is not line and after is not None and not after.after_gap


def _is_authority(text: str) -> bool:
    return is_capitals(text) or bool(_ON_BEHALF.match(text)) or bool(_OFFICE.match(fold(text)))


def _is_name(text: str) -> bool:
    """Whether the words can be a person's name: two to six words, each with one capital, no office."""
    bare = _DEGREE.sub("", text, count=1)
    words = bare.split()
    if not 2 <= len(words) <= 6 or _OFFICE.match(fold(bare)):
        return False
    return all(word.isalpha() and word[0].isupper() and (len(word) == 1 or word[1:].islower()) for word in words)
