"""The head: organ, number and symbol, place and date, kind of document and title."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from plans.document.lines import RawLine, joined
from plans.document.model import Head, IssueDate, Source, Text
from plans.document.paragraphs import RULE, is_decoration, label_of
from plans.document.spelling import fold, is_capitals, tidy

_BLANK = r"[\s.…_·]{0,60}"
_NUMBER = re.compile(
    rf"(?<!\w)so\s{{0,9}}:?{_BLANK}(?P<number>\d{{0,6}}[a-z]?)(?:{_BLANK}/\s{{0,3}}(?P<symbol>(?:\d{{4}}/)?[a-z&]{{1,12}}"
    r"(?:\s?-\s?[a-z0-9&.]{1,20}){0,4})|\s?-\s?(?P<party>[a-z]{2,6}/[a-z]{2,12}))(?![\w/])"
)
_DATE = re.compile(
    rf"(?<!\w)ngay{_BLANK}(?P<day>\d{{1,2}})?{_BLANK}thang{_BLANK}(?P<month>\d{{1,2}})?(?:{_BLANK}nam{_BLANK}(?P<year>\d{{4}})?)?"
)
_SHORT_DATE = re.compile(r"(?<!\w)ngay\s{0,9}(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})")
_YEAR_LEFT = re.compile(rf"nam{_BLANK}(\d{{4}})\.?")
_COLUMNS = re.compile(r"\t+|\||\s{3,}")
_NATIONAL = re.compile(r"cong hoa xa hoi|doc lap\s?-|dang cong san viet nam")
_NATIONAL_REST = re.compile(r"(?:chu nghia )?viet nam|-?\s?(?:tu do\s?-\s?)?hanh phuc")
_MARK = re.compile(r"\(?\[?(?:du thao(?: lan \d+)?|hoa toc|thuong khan|khan|mat|toi mat)\]?\)?")
_SUBJECT = re.compile(r"(?:v/v|ve viec)\b")
_ORGAN = re.compile(
    r"(?:uy ban|ubnd|bcd|so |ban |bo |chi cuc|tong cuc|cuc |hoi dong|hdnd|van phong|trung tam|phong |thanh tra|cong an|"
    r"benh vien|dai hoc|hoc vien|kho bac|bao hiem|cong ty|tong cong ty|dang uy|"
    r"to |truong |vien |bao |dai |huyen uy|tinh uy|thanh uy|hoi |lien )"
)
KIND = re.compile(
    r"(?P<kind>KẾ HOẠCH|QUYẾT ĐỊNH|CHƯƠNG TRÌNH|BÁO CÁO|THÔNG BÁO|TỜ TRÌNH|HƯỚNG DẪN|CHỈ THỊ|ĐỀ ÁN|PHƯƠNG ÁN|"
    r"NGHỊ QUYẾT|QUY CHẾ|CÔNG VĂN)(?!\s*:)(?=\s|$)"
)
_KIND_ALONE = re.compile(r"(?:ke hoach|quyet dinh|chuong trinh|bao cao|thong bao|to trinh|huong dan|chi thi|de an)")
AUTHORITY = re.compile(
    r"(?:(?:pho )?chu tich|(?:pho )?giam doc|(?:pho )?truong ban|(?:chi )?cuc truong|tong cuc truong|bo truong|"
    r"uy ban nhan dan|ubnd|hoi dong nhan dan|ban chi dao|ban thuong vu|truong phong|chanh van phong|vien truong)\b"
)
ENACTING = re.compile(r"(?:quyet dinh|quyet nghi|ke hoach)\s*:")
BASIS = re.compile(
    r"(?:can cu|thuc hien|trien khai|theo (?:de nghi|ke hoach|quyet dinh|chi dao|cong van|y kien|to trinh|"
    r"noi dung)|xet|"
    r"thi hanh|tren co so|tiep tuc thuc hien|tiep theo|de thuc hien|de trien khai|nham trien khai|nham thuc hien)\b"
)


@dataclass(slots=True)
class HeadRead:
    number: str | None = None
    symbol: str | None = None
    number_source: Source = ()
    place: str | None = None
    issue_date: IssueDate = field(default_factory=IssueDate)
    kind: str | None = None
    kind_source: Source = ()
    title: Text | None = None
    head: Head = field(default_factory=Head)
    decorations: list[Text] = field(default_factory=list)
    stop: int = 0  # place of the first line after the title


def find_kind(lines: tuple[RawLine, ...], stop: int) -> int | None:
    """The place of the line that names the kind of document."""
    for position, line in enumerate(lines[:stop]):
        text = line.tidy.strip("| ")
        if KIND.match(text.removeprefix("DỰ THẢO ")) or _KIND_ALONE.fullmatch(fold(text)):
            return position
    return None


def read_head(lines: tuple[RawLine, ...], limit: int) -> HeadRead:
    """The head of the paper; it ends at `limit` at the latest (the first section)."""
    read = HeadRead()
    kind = find_kind(lines, limit)
    stop = _head_end(lines, limit) if kind is None else kind
    _read_above_title(lines[:stop], read)
    read.stop = stop
    if kind is not None:
        _read_title(lines, kind, limit, read)
    elif not read.head.subject and stop < limit and read.number_source and not _starts_body(lines[stop]):
        read.title = joined([lines[stop]])  # a number and date, then the title without a kind
        read.stop = stop + 1
    if read.title is None and read.head.subject:
        read.title = read.head.subject
    return read


def _starts_body(line: RawLine) -> bool:
    return bool(BASIS.match(line.folded)) or label_of(line.tidy)[0] not in {"none", "dash"}


def _head_end(lines: tuple[RawLine, ...], limit: int) -> int:
    """Without a kind, the head ends after the last line that can only stand in a head."""
    end = 0
    for position, line in enumerate(lines[: min(limit, 25)]):
        if _starts_body(line) and not _NUMBER.match(line.folded):
            break
        folded = fold(line.text[:400])
        if _NUMBER.match(folded.strip()) or _NATIONAL.search(folded) or (_DATE.search(folded) and len(folded) < 120):
            end = position + 1
    return end


def _read_above_title(lines: tuple[RawLine, ...], read: HeadRead) -> None:
    national: list[Text] = []
    marks: list[Text] = []
    subject: list[Text] = []
    organs: list[list[Text]] = []
    for line in lines:
        if is_decoration(line) or RULE.fullmatch(line.tidy):
            read.decorations.append(joined([line]))
            continue
        for column, piece in enumerate(_pieces(line, read)):
            folded, text = fold(piece), Text(piece, (line.number,))
            if _NATIONAL.search(folded) or _NATIONAL_REST.fullmatch(folded):
                national.append(text)
            elif RULE.fullmatch(piece):
                read.decorations.append(text)
            elif _MARK.fullmatch(folded):
                marks.append(text)
            elif _SUBJECT.match(folded) or (subject and column == 0 and not is_capitals(piece)):
                subject.append(text)
            elif _YEAR_LEFT.fullmatch(folded) and read.issue_date.text and read.issue_date.year is None:
                year = int(folded.strip(".")[-4:])
                joint = (*read.issue_date.source, line.number)
                read.issue_date = replace(read.issue_date, year=year, source=joint)
            elif _ORGAN.match(folded) and (is_capitals(piece) or len(piece) < 60):
                organs.append([text])
            elif is_capitals(piece) and len(piece) < 80:
                if organs:
                    organs[-1].append(text)
                else:
                    organs.append([text])
    names = [_merge(group) for group in organs]
    read.head = Head(
        national_title=tuple(national),
        parent=_merge(names[:-1]) if len(names) > 1 else None,
        organ=names[-1] if names else None,
        subject=_merge(subject) if subject else None,
        marks=tuple(marks),
    )


def _pieces(line: RawLine, read: HeadRead) -> list[str]:
    """What is left of the line, column by column, once number and date are taken out of it."""
    text = line.text[:2000]
    folded = fold(text)
    date = _SHORT_DATE.search(folded) or _DATE.search(folded)
    if date and read.issue_date.text == "" and len(text) < 400:
        before = _COLUMNS.split(text[: date.start()].rstrip(" ,"))[-1]
        number = _NUMBER.search(fold(before))
        place = tidy(before[number.end() :] if number else before).strip(" ,.-")
        begin = text.rfind(place, 0, date.start()) if place else date.start()
        read.place = place or None
        read.issue_date = IssueDate(
            _part(date, "year", 1900, 2199),
            _part(date, "month", 1, 12),
            _part(date, "day", 1, 31),
            tidy(text[begin : date.end()]).strip("| "),
            (line.number,),
        )
        text = text[:begin] + "\t" + text[date.end() :]
        folded = fold(text)
    number = _NUMBER.search(folded)
    if number and read.symbol is None:
        group = "symbol" if number["symbol"] else "party"
        read.number = number["number"] or None
        read.symbol = re.sub(r"\s", "", text[number.start(group) : number.end(group)])
        read.number_source = (line.number,)
        text = text[: number.start()] + "\t" + text[number.end() :]
        folded = fold(text)
    national = _NATIONAL.search(folded)
    if national and national.start():
        text = text[: national.start()] + "\t" + text[national.start() :]
    pieces = [tidy(piece) for piece in _COLUMNS.split(text)]
    return [piece for piece in pieces if re.search(r"\w|[-_=]{2}", piece)]


def _read_title(lines: tuple[RawLine, ...], position: int, limit: int, read: HeadRead) -> None:
    line = lines[position]
    text = line.tidy.strip("| ")
    if text.startswith("DỰ THẢO "):
        text = text.removeprefix("DỰ THẢO ")
        read.head = replace(read.head, marks=(*read.head.marks, Text("DỰ THẢO", (line.number,))))
    found = KIND.match(text)
    read.kind = found["kind"] if found else text
    read.kind_source = (line.number,)
    rest = text[len(read.kind) :].strip()
    title = [Text(rest, (line.number,))] if rest else []
    position += 1
    while position < limit:
        line = lines[position]
        if is_decoration(line) or RULE.fullmatch(line.tidy):
            read.decorations.append(joined([line]))
            position += 1
            if title:
                break
            continue
        if not _is_title(line, title):
            break
        title.append(joined([line]))
        position += 1
    if title:
        read.title = _merge(title)
    read.stop = position


def _is_title(line: RawLine, title: list[Text]) -> bool:
    text, folded = line.tidy, line.folded
    if folded.startswith("can cu") or ENACTING.match(folded) or label_of(text)[0] not in {"none", "dash"}:
        return False
    if text.startswith("(") and folded.startswith(("(kem theo", "(ban hanh")):
        return True
    if not title:
        return not text.endswith(":") and not (AUTHORITY.match(folded) and is_capitals(text))
    if text[0].islower():
        return not title[-1].text.endswith((".", ";", ":"))
    if line.after_gap or len(text) > 150 or text.endswith((":", ";")) or "nhu sau" in folded:
        return False
    if AUTHORITY.match(folded) and is_capitals(text) and not is_capitals(title[-1].text):
        return False
    return not (BASIS.match(folded) and not is_capitals(text))


def _merge(texts: list[Text]) -> Text:
    return Text(" ".join(text.text for text in texts), tuple(number for text in texts for number in text.source))


def _part(found: re.Match[str], name: str, lowest: int, highest: int) -> int | None:
    """A part of the date; None where the paper is blank or no calendar has it."""
    number = int(found[name]) if found[name] else None
    return number if number is not None and lowest <= number <= highest else None
