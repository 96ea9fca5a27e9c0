"""What a criterion's cells show when the workbook goes out: the words beside them and the values in them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from assessments.renderers.scoring_workbook.layout import (
    LIGHTS,
    NO,
    NOT_APPLICABLE,
    TICK,
    YES,
    cases_of,
    item_head,
    level_texts,
    number_text,
)
from assessments.scoring import Kind, Rule


def entry_columns(rules: Sequence[Rule]) -> list[str]:
    """The columns in which a sheet with these rules is answered."""
    items = max((len(rule.parameters.get("items", ())) for rule in rules if rule.kind is Kind.COUNT), default=0)
    has_case = any(cases_of(rule.kind, rule.parameters, skippable=rule.skippable) for rule in rules)
    has_ratio = any(rule.kind is Kind.RATIO for rule in rules)
    return [
        "answer",
        *(["of"] if has_ratio else []),
        *(["case"] if has_case else []),
        *(f"item{place}" for place in range(items)),
    ]


def help_text(rule: Rule) -> str:
    """How the row is filled in, in words for the person who does it."""
    said = [_TEXTS[rule.kind](rule)]
    cases = cases_of(rule.kind, rule.parameters, skippable=rule.skippable)
    if cases:
        said.append(f"Trường hợp khác: {'; '.join(cases)}.")
    return " ".join(said)


def _ratio(parameters: Mapping[str, Any]) -> str:
    done, of = parameters.get("done") or "phần đạt", parameters.get("of") or "tổng số"
    text = f"Kết quả: số {done}; Trên tổng số: số {of}."
    floor = parameters.get("floor")
    return f"{text} Dưới {number_text(floor)} % không có điểm." if floor and Decimal(floor) else text


def _count(parameters: Mapping[str, Any]) -> str:
    if "items" in parameters:
        items = [
            f"{item_head(place)}: {item['label']} ({number_text(item['points'])} điểm)"
            for place, item in enumerate(parameters["items"])
        ]
        return f"Đánh dấu {TICK} vào mục đã có. {'; '.join(items)}."
    noun = parameters.get("noun") or "lượng"
    return f"Kết quả: số {noun}, tối đa {parameters['most']}; mỗi {noun} {number_text(parameters['each'])} điểm."


def _points(rule: Rule) -> str:
    text = f"Kết quả: số điểm từ 0 đến {number_text(rule.maximum or Decimal(0))}"
    step = rule.parameters.get("step")
    return f"{text}, theo bước {number_text(step)}." if step else f"{text}."


def _measured(parameters: Mapping[str, Any]) -> str:
    unit = f" ({parameters['unit']})" if parameters.get("unit") else ""
    bound = "≥" if parameters.get("higher_is_better", True) else "≤"
    green, yellow = number_text(parameters["green"]), number_text(parameters["yellow"])
    return f"Kết quả: số đo được{unit}. {LIGHTS['green']} khi {bound} {green}, {LIGHTS['yellow']} khi {bound} {yellow}."


_TEXTS: dict[Kind, Callable[[Rule], str]] = {
    Kind.YES_NO: lambda rule: f"Chọn {YES} hoặc {NO}.",
    Kind.LEVELS: lambda rule: "Chọn một mức trong danh sách.",
    Kind.RATIO: lambda rule: _ratio(rule.parameters),
    Kind.BANDS: lambda rule: "Kết quả: tỷ lệ phần trăm, ví dụ 97,5.",
    Kind.COUNT: lambda rule: _count(rule.parameters),
    Kind.DEADLINE: lambda rule: "Kết quả: số ngày chậm, đúng hạn ghi 0.",
    Kind.POINTS: lambda rule: _points(rule),
    Kind.RAG: lambda rule: "Chọn Xanh, Vàng hoặc Đỏ.",
    Kind.MEASURED: lambda rule: _measured(rule.parameters),
    Kind.ROLL_UP: lambda rule: (
        "Lấy mức xấu nhất của các chỉ số con; chỉ chọn khi đặt mức khác và ghi lý do ở cột Giải trình."
    ),
}


def values_of(rule: Rule, answer: Mapping[str, Any]) -> dict[str, Any]:
    """{column: value} of a stored answer."""
    if answer.get("not_applicable"):
        return {"case": NOT_APPLICABLE}
    for words, said in cases_of(rule.kind, rule.parameters, skippable=rule.skippable).items():
        if answer and dict(answer) == said:
            return {"case": words}
    if "items" in answer:
        return {f"item{place}": TICK for place in answer["items"]}
    if "level" in answer:
        texts = level_texts(rule.parameters["levels"])
        return {"answer": texts[answer["level"]]} if answer["level"] < len(texts) else {}
    if rule.kind is Kind.YES_NO and "value" in answer:
        return {"answer": YES if answer["value"] else NO}
    if "light" in answer:
        return {"answer": LIGHTS.get(answer["light"], "")}
    if "done" in answer:
        return {"answer": answer["done"], "of": answer.get("of")}
    for name in ("percent", "points", "value"):
        if isinstance(answer.get(name), str):
            return {"answer": Decimal(answer[name])}
    for name in ("count", "days_late"):
        if name in answer:
            return {"answer": answer[name]}
    return {}
