"""Who does a task: names split as a typist lists them, hyphens inside a name left alone."""

from __future__ import annotations

import re

from plans.document.model import Performer, Role
from plans.document.paragraphs import ATTRIBUTE
from plans.document.spelling import fold, strip_end

_BODY = (
    r"(?:Các\s|các\s|Sở|UBND|Ủy ban|Uỷ ban|Ban\s|BCĐ|Chi cục|Cục|Tổng cục|Văn phòng|VP\s|Phòng|Trung tâm|"
    r"Công an|Tổ\s|Bộ\s|"
    r"Báo\s|Đài|Viện|Trường|Hội\s|Đoàn|Liên\s|Cơ quan|cơ quan|Đơn vị|đơn vị|Thanh tra|Kho bạc|Thành viên|"
    r"Chuyên gia|Mặt trận|"
    r"Ủy viên|HĐND|Bảo hiểm|Cảng|Hải quan|Thuế|Chánh|Giám đốc|Thủ trưởng|Chủ tịch|Trưởng|Bưu điện)"
)
_DASH = re.compile(r"(?:^|\s)[-–—•+▪*](?:\s+|(?=[A-ZĐÀ-Ỹ]))")
# What follows a hyphen inside a name: "Lao động - Thương binh và Xã hội", "Tài chính - Kế hoạch".
_NAME_GOES_ON = re.compile(
    r"(?:Thương binh|Truyền hình|Kế hoạch|Xã hội|Thể thao|Hạ tầng|Thông tin|Du lịch|Môi trường|Công nghệ|"
    r"Thống kê|Đo lường|"
    r"Phát thanh|Cơ quan thường trực|cơ quan thường trực|Cơ quan đầu mối|Dịch vụ|Đầu tư|Đô thị|Nông thôn|"
    r"Gia đình|Khuyến nông)"
)
_LIST = re.compile(
    rf"\s*;\s*(?:và\s+)?|,\s+(?=(?:và\s+)?{_BODY})|(?<!HĐND)(?<!Hội đồng nhân dân)\s+và\s+(?=(?:các\s|Sở|UBND|"
    rf"Ủy ban|Ban\s|Chi cục|Tổ\s))"
)
_TOGETHER = re.compile(
    r"(?P<lead>[^:\n]{3,200}?)\s+chu tri,?\s+(?:va\s+)?phoi hop(?:\s+(?:voi|cung))?\s+(?P<support>[^:\n]{3,300})"
)
_NAME_LEADS = re.compile(
    r"(?:,|-|\b(?:va|cua|tai|cac|cung|voi|thuoc|van phong|chanh|lanh dao|thanh vien|giam doc|chu tich|thu truong|"
    r"truong|pho|tinh|dai dien|bi thu|thuong truc|ban|so|phong))$"
)
_ROLES: dict[str, Role] = {"lead": "lead", "support": "support", "direct": "direct", "execute": "execute"}


def begins_name(above: str, below: str) -> bool:
    """Whether a line of a cell begins a name of its own and is not the rest of the one above ("Văn phòng | UBND")."""
    return bool(re.match(_BODY, below)) and below[0].isupper() and not _NAME_LEADS.search(fold(above))


def read_performers(cell: str, role: Role) -> tuple[Performer, ...]:
    """The performers a cell or an attribute names, each with its role; "Chủ trì: …" inside the cell sets the role."""
    performers: list[Performer] = []
    for part_role, part in _by_role(cell, role):
        performers.extend(Performer(name, part_role) for name in _names(part))
    return tuple(dict.fromkeys(performers))


def _by_role(cell: str, role: Role) -> list[tuple[Role, str]]:
    """The cell cut at "Chủ trì:", "Phối hợp:", which begin the cell, a clause or a line."""
    folded = fold(cell)
    cuts = [
        (match.start(), match.end(), match.lastgroup)
        for match in re.finditer(rf"(?:^|(?<=[;.\n-])\s*|(?<=\s)){ATTRIBUTE.pattern}", folded)
    ]
    together = _TOGETHER.fullmatch(folded)
    if together:
        return [("lead", cell[: together.end("lead")]), ("support", cell[together.start("support") :])]
    known = [(start, end, _ROLES[group]) for start, end, group in cuts if group in _ROLES]
    if not known:
        return [(role, cell)]
    parts: list[tuple[Role, str]] = [(role, cell[: known[0][0]])]
    for place, (_, end, part_role) in enumerate(known):
        stop = known[place + 1][0] if place + 1 < len(known) else len(cell)
        parts.append((part_role, cell[end:stop].rstrip(" -–+\n")))
    return parts


def _names(text: str) -> list[str]:
    pieces: list[str] = []
    for line in _lines(text):
        starts_with_dash = bool(re.match(r"\s*[-–—•+▪*]", line))
        for piece in _DASH.split(line) if starts_with_dash else [line]:
            if pieces and starts_with_dash and (_NAME_GOES_ON.match(piece.strip()) or piece.strip()[:1].islower()):
                pieces[-1] = f"{pieces[-1].strip()} - {piece.strip()}"
            elif piece.strip():
                pieces.append(piece)
    names = [strip_end(name) for piece in pieces for name in _LIST.split(piece)]
    return [name for name in names if re.search(r"\w", name)]


def _lines(text: str) -> list[str]:
    """The lines of a cell; one that begins no name of its own goes on with the one above."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and line.strip() and not re.match(rf"\s*(?:[-–—•+▪*]|{_BODY})", line):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return lines
