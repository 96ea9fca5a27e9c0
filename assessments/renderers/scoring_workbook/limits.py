"""What a spreadsheet program refuses at once, with its reason; the portal checks it all again."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from assessments.renderers.scoring_workbook.formulas import Place
from assessments.renderers.scoring_workbook.layout import LIGHTS, LONGEST_EXPLANATION, NO, TICK, YES, number_text
from assessments.scoring import Kind, Rule

MOST = 1_000_000_000


class Lists:
    """The hidden sheet with the texts of the drop-downs, each list once."""

    def __init__(self, page: Worksheet) -> None:
        self._page = page
        self._placed: dict[tuple[Any, ...], str] = {}
        self._next = 1

    def texts(self, texts: Sequence[str]) -> str:
        return self._range(tuple(texts))

    def levels(self, texts: Sequence[str], points: Sequence[Decimal]) -> tuple[str, str]:
        """The ranges of the levels' texts and of their points."""
        return self._range(tuple(texts)), self._range((*points, *texts), len(points))

    def _range(self, values: tuple[Any, ...], shown: int | None = None) -> str:
        if values not in self._placed:
            letter = get_column_letter(self._next)
            self._next += 1
            for number, value in enumerate(values[:shown], start=1):
                cell = self._page[f"{letter}{number}"]
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
            last = len(values[:shown])
            self._placed[values] = f"'{self._page.title}'!${letter}$1:${letter}${last}"
        return self._placed[values]


class Limits:
    """The validations of the page: cells with the same limit share one."""

    def __init__(self, page: Worksheet) -> None:
        self._page = page
        self._made: dict[tuple[Any, ...], tuple[DataValidation, list[str]]] = {}

    def _limit(self, cells: Sequence[str], error: str, prompt: str = "", **values: Any) -> None:
        key = (error, prompt, *sorted(values.items()))
        if key not in self._made:
            validation = DataValidation(
                allow_blank=True,
                showErrorMessage=True,
                errorTitle="Chưa đúng",
                error=error[:225],
                showInputMessage=bool(prompt),
                prompt=prompt[:255] or None,
                **values,
            )
            self._made[key] = validation, []
        self._made[key][1].extend(cells)

    def close(self) -> None:
        for validation, cells in self._made.values():
            for cell in cells:
                validation.add(cell)
            self._page.add_data_validation(validation)

    def choice(self, cell: str, source: str, error: str) -> None:
        self._limit([cell], error, type="list", formula1=source)

    def explanation(self, cell: str) -> None:
        error = f"Giải trình dài quá {LONGEST_EXPLANATION} ký tự."
        self._limit([cell], error, type="textLength", operator="lessThanOrEqual", formula1=str(LONGEST_EXPLANATION))

    def _between(self, cell: str, kind: str, least: object, most: object, error: str, prompt: str = "") -> None:
        self._limit([cell], error, prompt, type=kind, operator="between", formula1=str(least), formula2=str(most))

    def answer(self, rule: Rule, at: Place, choices: str) -> None:
        parameters, kind = rule.parameters, rule.kind
        if kind is Kind.YES_NO:
            self.choice(at.answer, f'"{YES},{NO}"', f"Chọn {YES} hoặc {NO}.")
        elif kind is Kind.LEVELS:
            self.choice(at.answer, choices, "Chọn một mức trong danh sách.")
        elif kind in {Kind.RAG, Kind.ROLL_UP}:
            words = ",".join(LIGHTS.values())
            self.choice(at.answer, f'"{words}"', f"Chọn {words.replace(',', ', ')}.")
        elif kind is Kind.RATIO:
            done, of = parameters.get("done") or "phần đạt", parameters.get("of") or "tổng số"
            self._between(at.answer, "whole", 0, MOST, f"Ghi số {done}: số nguyên từ 0.", f"Số {done}")
            self._between(at.of, "whole", 1, MOST, f"Ghi số {of}: số nguyên từ 1.", f"Số {of}")
        elif kind is Kind.BANDS:
            self._between(at.answer, "decimal", 0, 100, "Ghi phần trăm từ 0 đến 100, ví dụ 97,5.", "Phần trăm, 0–100")
        elif kind is Kind.DEADLINE:
            self._between(at.answer, "whole", 0, 9999, "Ghi số ngày chậm: số nguyên từ 0.", "Số ngày chậm; đúng hạn: 0")
        elif kind is Kind.POINTS:
            most = rule.maximum or Decimal(0)
            self._between(at.answer, "decimal", 0, most, f"Ghi số điểm từ 0 đến {number_text(most)}.")
        elif kind is Kind.MEASURED:
            unit = parameters.get("unit", "")
            self._between(at.answer, "decimal", -(10**12), 10**12, "Ghi số đo được bằng chữ số.", f"Số đo ({unit})")
        elif "items" in parameters:
            for cell, item in zip(at.items, parameters["items"], strict=False):
                prompt = f"{item['label']} ({number_text(item['points'])} điểm)"
                self._limit([cell], f"Ghi {TICK} hoặc để trống.", prompt, type="list", formula1=f'"{TICK}"')
        else:
            most = parameters["most"]
            self._between(at.answer, "whole", 0, most, f"Ghi số nguyên từ 0 đến {most}.")
