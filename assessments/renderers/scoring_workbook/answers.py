"""What the cells of one row say, by the kind of its criterion. Pure: the words for people are the service's.

Takes what people write: a level by its words, its label or its points, x and ✓ for yes, a share as 97,5 or 97,5 % or
0.975 in a cell of per cent, both numbers of a ratio in one cell. What can be read in two ways is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from assessments import scoring
from assessments.renderers.scoring_workbook import numbers
from assessments.renderers.scoring_workbook.layout import (
    LIGHTS,
    NEVER,
    NO_ITEMS,
    NOT_APPLICABLE,
    cases_of,
    folded,
    level_texts,
    plain,
)
from assessments.scoring import Kind, Rule

Cells = Mapping[str, Any]
Answer = dict[str, Any]

YES = frozenset({"có", "co", "c", "x", "✓", "✔", "☑", "yes", "y", "true", "đúng", "đạt", "1"})
NO = frozenset({"không", "khong", "ko", "k", "no", "n", "false", "sai", "không có", "không đạt", "0", "-", "☐"})
_LIGHTS = {folded(word): light for light, word in LIGHTS.items()} | {
    "x": "green", "x ●": "green", "● xanh": "green", "xanh ●": "green", "màu xanh": "green", "green": "green",
    "v": "yellow", "v ■": "yellow", "■ vàng": "yellow", "vàng ■": "yellow", "màu vàng": "yellow", "yellow": "yellow",
    "đ": "red", "đ ▲": "red", "▲ đỏ": "red", "đỏ ▲": "red", "màu đỏ": "red", "red": "red",
    "x ● xanh": "green", "v ■ vàng": "yellow", "đ ▲ đỏ": "red",
}  # fmt: skip
_SKIP = frozenset({folded(NOT_APPLICABLE), "kad", "k.a.d", "không ad", "n/a", "na", "not applicable"})
_NEVER = frozenset({folded(NEVER), "chưa làm", "chưa", "không thực hiện", "chưa ban hành", "not done"})
_NO_ITEMS = frozenset({folded(NO_ITEMS), "không có", "không mục nào", "none"})
_DAYS = re.compile(r"(?:chậm |trễ |muộn )?(\d{1,5})(?: ngày)?")
_RATIO = re.compile(r"(\d[\d. ]*)\s*/\s*(\d[\d. ]*)")
_PLACES = re.compile(r"\d{1,2}(?:\s*[,;+ ]\s*\d{1,2})*")
# The column in which a part of an answer stands.
COLUMN_OF = {"of": "of", "none": "case", "never": "case", "not_applicable": "case", "items": "item0"}


class CellProblem(Exception):
    """`column` holds what cannot be taken; `code` says why, `values` with what."""

    def __init__(self, column: str, code: str, **values: object) -> None:
        super().__init__(column, code)
        self.column, self.code, self.values = column, code, values


def answer_of(rule: Rule, cells: Cells) -> Answer:
    """What is answered, {} where nothing is; scoring judges it. Raises CellProblem."""
    for column in ("answer", "of", "case"):
        _ordinary(column, cells.get(column), date="day" if rule.kind is Kind.DEADLINE else "date")
    case = _case(rule, cells)
    if rule.kind is not Kind.RATIO and cells.get("of") is not None:
        raise CellProblem("of", "not_here")
    items = [name for name in cells if name.startswith("item") and cells[name] is not None]
    if items and not (rule.kind is Kind.COUNT and "items" in rule.parameters):
        raise CellProblem(min(items), "not_here")
    said = _KINDS[rule.kind](rule, cells)
    if case is None:
        return said
    if said:
        raise CellProblem("case", "either")
    return case


def _ordinary(column: str, value: Any, date: str = "date") -> None:
    if isinstance(value, dict):
        for name in ("fault", "formula"):
            if name in value:
                raise CellProblem(column, name)
        if "date" in value:
            raise CellProblem(column, date, value=value["date"])


def _text(value: Any) -> str:
    """The words of a cell; a number as it reads."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, dict):
        value = value["percent"]
    if isinstance(value, int | float):
        return numbers.said(numbers.of_float(float(value)))
    return folded(value)


def _case(rule: Rule, cells: Cells) -> Answer | None:
    """What stands in the column for other cases, or in the place of the answer."""
    cases = cases_of(rule.kind, rule.parameters, skippable=rule.skippable)
    by_words = {folded(words): said for words, said in cases.items()}
    text = _text(cells.get("case"))
    if text:
        found = by_words.get(text) or _known_case(text, cases)
        if found is not None:
            return found
        if text in YES and len(cases) == 1:
            return next(iter(cases.values()))
        raise CellProblem("case", "case" if cases else "not_here", options=list(cases))
    text = _text(cells.get("answer"))
    if text and rule.kind is not Kind.YES_NO and (found := by_words.get(text) or _known_case(text, cases)) is not None:
        if cells.get("of") is not None:
            raise CellProblem("answer", "either")
        return found
    return {"not_applicable": True} if text in _SKIP else None


def _known_case(text: str, cases: Mapping[str, Answer]) -> Answer | None:
    for words, answer in ((_SKIP, "not_applicable"), (_NEVER, "never"), (_NO_ITEMS, "items")):
        found = next((said for said in cases.values() if answer in said), None)
        if text in words and found is not None:
            return found
    return None


def _is_case(rule: Rule, text: str) -> bool:
    """Whether the answer's cell holds another case: it was read as that."""
    cases = cases_of(rule.kind, rule.parameters, skippable=rule.skippable)
    return text in _SKIP or text in map(folded, cases) or _known_case(text, cases) is not None


def _yes_no(rule: Rule, cells: Cells) -> Answer:
    text = _text(cells.get("answer"))
    if not text or text in _SKIP:
        return {}
    if text in YES or text in NO:
        return {"value": text in YES}
    raise CellProblem("answer", "yes_no")


def _levels(rule: Rule, cells: Cells) -> Answer:
    value = cells.get("answer")
    text = _text(value)
    levels = rule.parameters["levels"]
    if not text or _is_case(rule, text):
        return {}
    texts = [folded(each) for each in level_texts(levels)]
    if text in texts:
        return {"level": texts.index(text)}
    dashed = re.sub(r"\s*[-–—·:]\s*", " – ", text)
    for place, each in enumerate(texts):
        if dashed == re.sub(r"\s*[-–—·:]\s*", " – ", each):
            return {"level": place}
    labels = [folded(str(level["label"])) for level in levels]
    if labels.count(text) == 1:
        return {"level": labels.index(text)}
    try:
        points = numbers.of_text(text.removesuffix("điểm"))
    except numbers.NotANumber:
        raise CellProblem("answer", "level", options=level_texts(levels)) from None
    places = [place for place, level in enumerate(levels) if Decimal(level["points"]) == points]
    if len(places) == 1:
        return {"level": places[0]}
    code = "level_twice" if places else "level"
    raise CellProblem("answer", code, options=level_texts(levels), points=numbers.said(points))


def _whole(column: str, value: Any) -> str:
    try:
        if isinstance(value, str):
            number = numbers.whole_of_text(folded(value))
        else:
            number = numbers.of_float(float(value["percent"] if isinstance(value, dict) else value))
    except numbers.NotANumber as error:
        raise CellProblem(column, "whole" if error.code == "number" else error.code, value=_shown(value)) from None
    if isinstance(value, bool) or number != number.to_integral_value() or number < 0:
        raise CellProblem(column, "whole", value=_shown(value))
    return f"{number:.0f}"


def _shown(value: Any) -> str:
    text = str(value["percent"]) if isinstance(value, dict) else plain(str(value))
    return text if len(text) <= 40 else f"{text[:40]}…"


def _ratio(rule: Rule, cells: Cells) -> Answer:
    done, of = cells.get("answer"), cells.get("of")
    if isinstance(done, str):
        if of is None and (both := _RATIO.fullmatch(folded(done))):
            return {"done": _whole("answer", both[1]), "of": _whole("answer", both[2])}
        if _is_case(rule, folded(done)):
            return {}
    if done is None and of is None:
        return {}
    if done is None:
        raise CellProblem("answer", "half")
    if of is None:
        raise CellProblem("of", "half")
    return {"done": _whole("answer", done), "of": _whole("of", of)}


def _share(column: str, value: Any, decimals: int) -> Decimal:
    """Per cent of what is written: 97.5, "97,5 %", or 0.975 in a cell of per cent."""
    if isinstance(value, dict):
        return numbers.of_float(value["percent"] * 100, decimals)
    if isinstance(value, str):
        return _decimal(column, value.strip().rstrip("%").rstrip())
    return numbers.of_float(float(value), decimals)


def _decimal(column: str, value: Any, decimals: int = 4) -> Decimal:
    if isinstance(value, bool):
        raise CellProblem(column, "number", value=_shown(value))
    try:
        return numbers.of_text(value) if isinstance(value, str) else numbers.of_float(float(value), decimals)
    except numbers.NotANumber as error:
        raise CellProblem(column, error.code, value=_shown(value)) from None


def _bands(rule: Rule, cells: Cells) -> Answer:
    value = cells.get("answer")
    if value is None or _is_case(rule, _text(value)):
        return {}
    if isinstance(value, bool):
        raise CellProblem("answer", "number", value=_shown(value))
    return {"percent": numbers.said(_share("answer", value, 4))}


def _count(rule: Rule, cells: Cells) -> Answer:
    value = cells.get("answer")
    if "items" in rule.parameters:
        return _items(rule, cells)
    if value is None or _is_case(rule, _text(value)):
        return {}
    return {"count": _whole("answer", value)}


def _items(rule: Rule, cells: Cells) -> Answer:
    size = len(rule.parameters["items"])
    text = _text(cells.get("answer"))
    ticked = []
    if text and not _is_case(rule, text):
        if not _PLACES.fullmatch(text):
            raise CellProblem("answer", "tick", most=size)
        ticked = [int(number) - 1 for number in re.findall(r"\d+", text)]
        if not all(0 <= place < size for place in ticked):
            raise CellProblem("answer", "tick", most=size)
    for name in sorted((name for name in cells if name.startswith("item")), key=lambda each: int(each[4:])):
        value = cells[name]
        _ordinary(name, value)
        said = _text(value)
        if said not in YES | NO:
            raise CellProblem(name, "mark")
        if said in YES:
            if int(name[4:]) >= size:
                raise CellProblem(name, "no_item", most=size)
            ticked.append(int(name[4:]))
    return {"items": sorted(set(ticked))} if ticked else {}


def _deadline(rule: Rule, cells: Cells) -> Answer:
    value = cells.get("answer")
    text = _text(value)
    if not text or _is_case(rule, text):
        return {}
    if text in {"đúng hạn", "đúng thời hạn", "on time"}:
        return {"days_late": "0"}
    if isinstance(value, str) and (found := _DAYS.fullmatch(text)):
        return {"days_late": found[1]}
    return {"days_late": _whole("answer", value)}


def _points(rule: Rule, cells: Cells) -> Answer:
    value = cells.get("answer")
    if value is None or _is_case(rule, _text(value)):
        return {}
    if isinstance(value, dict):
        raise CellProblem("answer", "number", value=f"{_shown(value)} (%)")
    if isinstance(value, str):
        value = folded(value).removesuffix("điểm").strip()
    return {"points": numbers.said(_decimal("answer", value, 2))}


def _light(rule: Rule, cells: Cells) -> Answer:
    text = _text(cells.get("answer"))
    if not text or text in _SKIP:
        return {}
    if text not in _LIGHTS:
        raise CellProblem("answer", "light")
    return {"light": _LIGHTS[text]}


def _measured(rule: Rule, cells: Cells) -> Answer:
    value, unit = cells.get("answer"), str(rule.parameters.get("unit", ""))
    if value is None or _is_case(rule, _text(value)):
        return {}
    if isinstance(value, bool):
        raise CellProblem("answer", "number", value=_shown(value))
    if unit == "%":
        return {"value": numbers.said(_share("answer", value, 4))}
    if isinstance(value, dict):
        raise CellProblem("answer", "number", value=f"{_shown(value)} (%)")
    if isinstance(value, str) and unit:
        value = folded(value).removesuffix(folded(unit)).strip()
    return {"value": numbers.said(_decimal("answer", value))}


_KINDS: dict[Kind, Callable[[Rule, Cells], Answer]] = {
    Kind.YES_NO: _yes_no,
    Kind.LEVELS: _levels,
    Kind.RATIO: _ratio,
    Kind.BANDS: _bands,
    Kind.COUNT: _count,
    Kind.DEADLINE: _deadline,
    Kind.POINTS: _points,
    Kind.RAG: _light,
    Kind.MEASURED: _measured,
    Kind.ROLL_UP: _light,
}


def is_doubtful(rule: Rule, cells: Cells) -> bool:
    """A number between 0 and 1 where per cent are written: 0.975 may be 97.5 % or less than one."""
    value = cells.get("answer")
    by_percent = rule.kind is Kind.BANDS or (rule.kind is Kind.MEASURED and rule.parameters.get("unit") == "%")
    return by_percent and isinstance(value, float) and 0 < value < 1


def explanation_of(cells: Cells) -> str:
    """The explanation as text, whatever kind of value the cell holds. Raises CellProblem."""
    value = cells.get("explanation")
    if isinstance(value, dict):
        if "date" in value:
            year, month, day = [*value["date"].split("-"), "", ""][:3]
            return f"{int(day)}/{int(month)}/{year}" if day.isdigit() else str(value["date"])
        _ordinary("explanation", value)
        return f"{numbers.said(numbers.of_float(value['percent'] * 100))} %".replace(".", ",")
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, int | float):
        return numbers.said(numbers.of_float(float(value))).replace(".", ",")
    return value or ""


def canonical(rule: Rule, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer in the form in which two of them compare: 97.50 and 97.5 are the same. {} where it is none."""
    try:
        said = dict(scoring.score(rule, answer).answer)
    except scoring.InvalidAnswer:
        return dict(answer)
    for name in ("percent", "points", "value"):
        if isinstance(said.get(name), str):
            said[name] = numbers.said(Decimal(said[name]))
    return said
