"""What a chasing letter says, in the words of administrative documents: its page, PDF and DOCX all read this."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from plans.contexts.lateness import written_date
from plans.models import ChasedItem, ChasingLetter

_SHORT = re.compile(r"^UBND\s+")
_MOST_SOURCES = 3
_ABOUT = {
    ChasedItem.Kind.TASK: "thực hiện nhiệm vụ được giao",
    ChasedItem.Kind.REPORT: "gửi báo cáo tiến độ",
    ChasedItem.Kind.SHEET: "hoàn thành phiếu tự chấm điểm",
}
_OWED = {
    ChasedItem.Kind.TASK: "hoàn thành nhiệm vụ",
    ChasedItem.Kind.REPORT: "gửi báo cáo",
    ChasedItem.Kind.SHEET: "hoàn thành phiếu tự chấm điểm",
}


@dataclass(frozen=True, kw_only=True)
class LetterRow:
    number: str
    title: str
    source: str
    deadline: str
    late_days: str


@dataclass(frozen=True, kw_only=True)
class LetterWords:
    """`about` follows "V/v"; `before` and `after` stand round the table, `asks` are the numbered requests; `deadline`
    is the last day to answer, as written. `by_source`: the things come from several documents, which a column names."""

    about: str
    addressee: str
    before: Sequence[str]
    rows: Sequence[LetterRow]
    by_source: bool
    asking: str
    asks: Sequence[str]
    deadline: str
    closing: str


def letter_words(letter: ChasingLetter) -> LetterWords:
    """No query when `unit`, `addressee`, `run` and `items` were loaded with the letter."""
    items = list(letter.items.all())
    kinds = list(dict.fromkeys(ChasedItem.Kind(item.kind) for item in items))
    sources = list(dict.fromkeys(item.source for item in items if item.source))
    organ, addressee = formal(letter.unit.name), formal(letter.addressee.name)
    as_of = letter.run.as_of
    again = f" (lần thứ {letter.times})" if letter.times > 1 else ""
    owed = _listed([_OWED[kind] for kind in kinds])
    before = [_opening(sources, organ)]
    if letter.times > 1:
        before.append(f"{organ} đã có văn bản đôn đốc; đây là lần đôn đốc thứ {letter.times}.")
    before.append(f"Tính đến hết ngày {written_date(as_of)}, {addressee} chưa {owed} đối với các nội dung sau:")
    return LetterWords(
        about=f"đôn đốc {_listed([_ABOUT[kind] for kind in kinds])}{again}",
        addressee=addressee,
        before=before,
        rows=[
            LetterRow(
                number=str(place),
                title=item.title + (f" (đôn đốc lần thứ {item.times})" if 1 < item.times != letter.times else ""),
                source=item.source,
                deadline=written_date(item.due_on),
                late_days=f"{(as_of - item.due_on).days:02d}",
            )
            for place, item in enumerate(items, start=1)
        ],
        by_source=len(sources) > 1,
        asking=f"Để bảo đảm tiến độ chung, {organ} đề nghị {addressee}:",
        asks=[
            "1. Khẩn trương thực hiện, cập nhật kết quả các nội dung nêu trên chậm nhất vào ",
            "2. Nêu rõ nguyên nhân chậm, khó khăn, vướng mắc và kiến nghị (nếu có).",
        ],
        deadline=f"ngày {written_date(letter.respond_by)}",
        closing=f"Đề nghị {addressee} quan tâm, chỉ đạo thực hiện./.",
    )


def _opening(sources: Sequence[str], organ: str) -> str:
    told = "; ".join(sources) if 0 < len(sources) <= _MOST_SOURCES else "các văn bản nêu tại bảng dưới đây"
    return f"Thực hiện {told}, {organ} theo dõi, tổng hợp tình hình thực hiện của các cơ quan, đơn vị."


def _listed(parts: Sequence[str]) -> str:
    """One after the other, the last after “và”."""
    return " và ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def formal(name: str) -> str:
    """A unit as documents write it in full."""
    return _SHORT.sub("Ủy ban nhân dân ", name)


def day_of_letter(letter: ChasingLetter) -> date | None:
    """When it was issued: the day of its number, None for a draft."""
    return letter.register_number.issued_on if letter.register_number else None
