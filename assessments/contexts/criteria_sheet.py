"""The workbook of a criteria set: its sheets, columns and words, for who writes it and who reads it back.

A document: always in Vietnamese. The numbers of a rule stand in one cell, one line each: "1,5 = Thực hiện một phần" in
a list, "sàn = 70" for what has a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import override

from assessments.contexts.criteria_content import Content, Entry
from assessments.contexts.criteria_parameters import ParameterInvalid
from assessments.contexts.criteria_words import LISTS, as_lines, from_lines, written
from assessments.models import CriteriaSet, Criterion
from units.models import Unit

SHEET, POLICY_SHEET, GRADE_SHEET, KNOCK_OUT_SHEET, HELP_SHEET = (
    "Tiêu chí",
    "Chính sách",
    "Xếp loại",
    "Khống chế",
    "Hướng dẫn",
)
HEAD_ROW, FIRST_ROW = 3, 4
SMALL_HEAD_ROW, SMALL_FIRST_ROW = 1, 2
YES, NO = "Có", "Không"
SEPARATOR = "; "

# Field of an entry: (column, width).
COLUMNS: Mapping[str, tuple[str, int]] = {
    "code": ("Mã", 9),
    "parent": ("Thuộc (mã)", 10),
    "title": ("Tên tiêu chí", 46),
    "title_en": ("Tên tiếng Anh", 30),
    "scoring": ("Cách chấm", 18),
    "max_score": ("Điểm tối đa", 9),
    "weight": ("Hệ số", 8),
    "parameters": ("Cách tính điểm", 44),
    "counts": ("Tính vào tổng", 15),
    "scored_by": ("Ai chấm", 13),
    "skippable": ("Được ghi “không áp dụng”", 12),
    "evidence_required": ("Bắt buộc minh chứng", 11),
    "evidence": ("Minh chứng", 36),
    "applies_to": ("Chỉ áp dụng cho", 22),
    "rule": ("Quy tắc chấm", 36),
    "sdg": ("Mục tiêu PTBV", 12),
    "continues": ("Tiếp nối mã cũ", 11),
    "locked": ("Tiêu chuẩn cố định", 11),
}
SCORING = {
    Criterion.Scoring.GROUP: "Nhóm",
    Criterion.Scoring.YES_NO: "Có hoặc không",
    Criterion.Scoring.LEVELS: "Theo mức",
    Criterion.Scoring.RATIO: "Theo tỷ lệ",
    Criterion.Scoring.BANDS: "Theo khoảng",
    Criterion.Scoring.COUNT: "Theo số lượng",
    Criterion.Scoring.DEADLINE: "Theo hạn",
    Criterion.Scoring.POINTS: "Nhập điểm",
    Criterion.Scoring.RAG: "Màu",
    Criterion.Scoring.MEASURED: "Màu theo số đo",
    Criterion.Scoring.ROLL_UP: "Màu thấp nhất",
}
COUNTS = {
    Criterion.Counts.NORMAL: "Trong tổng",
    Criterion.Counts.BONUS: "Điểm thưởng",
    Criterion.Counts.DEDUCTION: "Điểm trừ",
}
SCORED_BY = {
    Criterion.ScoredBy.UNIT: "Đơn vị",
    Criterion.ScoredBy.SYSTEM: "Hệ thống",
    Criterion.ScoredBy.PROVINCE: "Tỉnh",
}
CHOICES: Mapping[str, Mapping[Any, str]] = {"scoring": SCORING, "counts": COUNTS, "scored_by": SCORED_BY}
FLAGS = ("skippable", "evidence_required", "locked")
# Parameters with a name, as they are written in the cell.
NAMES = {
    "floor": "sàn",
    "done": "tử số",
    "of": "mẫu số",
    "none": "không có gì để tính",
    "each": "mỗi",
    "most": "tối đa",
    "noun": "đếm",
    "step": "bước",
    "unit": "đơn vị đo",
    "green": "từ mức xanh",
    "yellow": "từ mức vàng",
    "higher_is_better": "càng cao càng tốt",
    "measure": "hệ thống đo",
    "assumed": "mức đặt sẵn",
}
LIGHTS = {"green": "xanh nghĩa là", "yellow": "vàng nghĩa là", "red": "đỏ nghĩa là"}
TRUTHS = frozenset({"higher_is_better", "assumed"})
WRITTEN = frozenset({"floor", "each", "step", "green", "yellow"})
LIST_OF = {
    Criterion.Scoring.LEVELS: "levels",
    Criterion.Scoring.BANDS: "bands",
    Criterion.Scoring.DEADLINE: "steps",
    Criterion.Scoring.COUNT: "items",
}

# Rows of the policy sheet: key of the policy (or of the head), label.
POLICY_ROWS: Mapping[str, str] = {
    "title": "Tên bộ tiêu chí",
    "title_en": "Tên tiếng Anh",
    "note": "Ghi chú",
    "not_applicable": "Tiêu chí không áp dụng",
    "mode": "Làm tròn tổng điểm",
    "decimals": "Số chữ số thập phân",
    "bonus_cap": "Điểm thưởng tối đa",
    "deduction_cap": "Điểm trừ tối đa",
    "floor": "Tổng điểm thấp nhất",
    "ceiling": "Tổng điểm cao nhất",
    "grade_on": "Xếp loại theo",
    "tie_breaks": "Bằng điểm thì xét lần lượt (mã)",
    "knocked_out": "Đơn vị bị khống chế xếp loại",
}
POLICY_CHOICES: Mapping[str, Mapping[str, str]] = {
    "not_applicable": {
        "forbidden": "Không cho phép",
        "excluded": "Loại khỏi tổng và quy đổi",
        "full": "Được điểm tối đa",
        "zero": "Tính 0 điểm",
    },
    "mode": {"half_up": "Từ nửa trở lên thì tăng", "half_even": "Nửa về số chẵn", "down": "Bỏ phần lẻ"},
    "grade_on": {"points": "Điểm", "percent": "Phần trăm điểm tối đa"},
    "knocked_out": {"ranked": "Vẫn xếp hạng", "unranked": "Không xếp hạng"},
}
GRADE_COLUMNS = {"code": ("Mã", 14), "title": ("Xếp loại", 24), "title_en": ("Tiếng Anh", 20), "from": ("Từ", 10)}
KNOCK_OUT_COLUMNS = {
    "criterion": ("Mã tiêu chí hoặc nhóm", 14),
    "below": ("Dưới (điểm)", 12),
    "at_most": ("Xếp loại cao nhất được giữ (mã)", 20),
    "reason": ("Lý do", 60),
}
HELP = (
    "1. Mỗi dòng của trang “Tiêu chí” là một nhóm hoặc một tiêu chí; cột “Thuộc (mã)” ghi mã của nhóm chứa nó.",
    "2. Mã là chữ: 1.1 và 1.10 là hai mã khác nhau. Cột Mã đã định dạng Văn bản, xin giữ nguyên.",
    "3. Cách chấm, Tính vào tổng, Ai chấm: chọn trong danh sách của ô.",
    "4. Cách tính điểm, mỗi dòng một ý. Theo mức và theo danh mục: “điểm = lời”, ví dụ “1,5 = Thực hiện một phần”.",
    "    Theo khoảng: “từ bao nhiêu % = điểm”, ví dụ “98 = 8”. Theo hạn: “số ngày muộn = điểm”, ví dụ “30 = 2”.",
    "    Theo số lượng: “mỗi = 1”, “tối đa = 5”, “đếm = tài liệu”. Theo tỷ lệ: “tử số = …”, “mẫu số = …”, “sàn = 70”.",
    "    Màu theo số đo: “đơn vị đo = %”, “từ mức xanh = 95”, “từ mức vàng = 75”, “càng cao càng tốt = Có”.",
    "    Màu: “xanh nghĩa là = …”, “vàng nghĩa là = …”, “đỏ nghĩa là = …”. Nhập điểm: “bước = 0,5”.",
    "5. Chỉ áp dụng cho: các loại đơn vị cách nhau bằng dấu chấm phẩy; để trống là mọi đơn vị.",
    "6. Dòng có “Tiêu chuẩn cố định” là Có: không đổi mã, không xóa, không thêm dòng cùng cấp.",
    "7. Nộp lại tệp ở trang bản nháp của bộ tiêu chí: hệ thống kiểm tra từng ô, nêu những gì sẽ đổi, rồi mới ghi.",
)


def kind_words() -> dict[str, str]:
    """Kinds of unit, always in Vietnamese."""
    with override("vi"):
        return {kind.value: str(kind.label) for kind in Unit.Kind}


def parameters_text(entry: Entry) -> str:
    lines = []
    for name, value in entry.parameters.items():
        if name in LISTS:
            lines.append(as_lines(name, value))
        elif name == "words":
            lines += [f"{LIGHTS[light]} = {text}" for light, text in value.items()]
        elif name in TRUTHS:
            lines.append(f"{NAMES[name]} = {YES if value else NO}")
        else:
            lines.append(f"{NAMES[name]} = {written(value) if name in WRITTEN else value}")
    return "\n".join(line for line in lines if line)


def parameters_from(kind: str, text: str) -> dict[str, Any]:
    """What the cell says, to be read as any other parameters. Raises ParameterInvalid."""
    by_name = {word: name for name, word in NAMES.items()}
    by_light = {word: light for light, word in LIGHTS.items()}
    found: dict[str, Any] = {}
    rows = []
    for line in text.splitlines():
        word, sign, value = (part.strip() for part in line.partition("="))
        name = by_name.get(word.lower())
        if sign and word.lower() in by_light:
            found.setdefault("words", {})[by_light[word.lower()]] = value
        elif sign and name in TRUTHS:
            if value not in (YES, NO):
                raise ParameterInvalid(f"“{line.strip()[:60]}”: ghi {YES} hoặc {NO}.")
            found[name] = value == YES
        elif sign and name:
            found[name] = value
        elif line.strip():
            rows.append(line)
    listed = LIST_OF.get(Criterion.Scoring(kind))
    if rows and not listed:
        raise ParameterInvalid(f"Không hiểu dòng “{rows[0].strip()[:60]}”; xem trang “{HELP_SHEET}”.")
    if listed and (rows or listed != "items" or not {"each", "most", "noun"} & set(found)):
        found[listed] = from_lines(listed, "\n".join(rows))
    return found


def cells_of(entry: Entry) -> dict[str, Any]:
    """What stands in the row of an entry, by field. Numbers are numbers."""
    kinds = kind_words()
    values: dict[str, Any] = {name: getattr(entry, name) for name in COLUMNS}
    values |= {name: words[values[name]] for name, words in CHOICES.items()}
    values |= {name: YES if values[name] else NO for name in FLAGS}
    values["applies_to"] = SEPARATOR.join(kinds[kind] for kind in entry.applies_to)
    values["parameters"] = parameters_text(entry)
    return values


def policy_cells(content: Content) -> dict[str, str]:
    given = content.policy
    rounding = given.get("rounding", {})
    values: dict[str, Any] = {name: getattr(content, name) for name in ("title", "title_en", "note")}
    values |= {name: given.get(name, "") for name in ("bonus_cap", "deduction_cap", "floor", "ceiling")}
    values["not_applicable"] = POLICY_CHOICES["not_applicable"][given.get("not_applicable", "forbidden")]
    values["mode"] = POLICY_CHOICES["mode"][rounding.get("mode", "half_up")]
    values["decimals"] = str(rounding.get("decimals", 2))
    values["grade_on"] = POLICY_CHOICES["grade_on"][given.get("grade_on", "points")]
    values["knocked_out"] = POLICY_CHOICES["knocked_out"][given.get("knocked_out", "ranked")]
    values["tie_breaks"] = SEPARATOR.join(given.get("tie_breaks", []))
    return {
        name: written(values[name]) if name.endswith(("cap", "floor", "ceiling")) else values[name]
        for name in POLICY_ROWS
    }


def scale_words(scale: str) -> Sequence[str]:
    """The kinds of scoring that a set of this scale offers."""
    lit = {Criterion.Scoring.RAG, Criterion.Scoring.MEASURED, Criterion.Scoring.ROLL_UP}
    by_points = scale == CriteriaSet.Scale.POINTS
    return [words for kind, words in SCORING.items() if kind == Criterion.Scoring.GROUP or (kind in lit) != by_points]
