"""The rows of a workbook that came back: which criterion each is, what was filled in, what is wrong with its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments import scoring
from assessments.contexts.rules import SheetRules
from assessments.models import Criterion
from assessments.renderers.scoring_workbook import numbers
from assessments.renderers.scoring_workbook.answers import (
    CellProblem,
    answer_of,
    canonical,
    explanation_of,
    is_doubtful,
)
from assessments.renderers.scoring_workbook.entries import entry_columns
from assessments.renderers.scoring_workbook.layout import LONGEST_EXPLANATION, folded, paragraphs, plain
from assessments.renderers.scoring_workbook.seal import Stamp, answer_digest, explanation_digest
from assessments.services.workbook_problems import head_of, problem_words, refusal, words


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell ("F7")."""

    cell: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """What one row says of its criterion. None: as it was downloaded, whoever changed it on the page since.

    `version` is that of the stored row when the workbook was made.
    """

    criterion: int
    cell: str
    version: int
    answer: Mapping[str, Any] | None
    explanation: str | None


@dataclass(frozen=True, slots=True)
class Filled:
    """A workbook as it was filled in: `lines` are the rows somebody touched; `absent` counts rows taken out."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    absent: int


class RowReader:
    """Reads the rows of workbooks of one criteria set for one kind of unit."""

    def __init__(self, rules: SheetRules) -> None:
        self._rules = {rule.code: rule for rule in rules.rules}
        self._criteria = {criterion.code: criterion for criterion in rules.criteria}
        self._codes = {folded(code): code for code in self._criteria}
        self._needed = [*entry_columns(rules.rules), "explanation"]
        self._problems: list[Problem] = []
        self._columns: Mapping[str, str] = {}

    def read(self, found: Mapping[str, Any], stamps: Mapping[int, Stamp]) -> Filled:
        self._problems, self._columns = [], found["columns"]
        self._problems += [Problem(cell, words("head_twice")) for cell in found["twice"]]
        for name in self._needed:
            if name not in self._columns:
                self._problem("code", found["head"], words("head_missing", head=head_of(name)))
        if self._problems:
            return Filled((), tuple(self._problems), 0)
        lines: list[Line] = []
        seen: dict[str, Mapping[str, Any]] = {}
        for row, said, cells in found["rows"]:
            code = self._code(row, said, cells)
            if code is None:
                continue
            if code in seen:
                if cells not in ({}, seen[code]):
                    self._problem("code", row, words("code_twice", code=code))
                continue
            seen[code] = cells
            line = self._line(row, code, cells, stamps)
            if line is not None:
                lines.append(line)
        absent = sum(code not in seen for code in self._rules)
        return Filled(tuple(lines), tuple(self._problems), absent)

    def _problem(self, column: str, row: int, text: str) -> None:
        self._problems.append(Problem(f"{self._columns.get(column, 'A')}{row}", text))

    def _code(self, row: int, said: Any, cells: Mapping[str, Any]) -> str | None:
        """The code of a row; None where the row says nothing or cannot be told."""
        if isinstance(said, dict):
            if cells:
                self._problem("code", row, words("code_day" if "date" in said else "code_blank"))
            return None
        if said is None:
            if cells:
                self._problem("code", row, words("code_blank"))
            return None
        if isinstance(said, int | float) and not isinstance(said, bool):
            return self._numeric_code(row, float(said), cells)
        code = self._codes.get(folded(str(said)).strip(" .'"))
        if code is None and cells:
            self._problem("code", row, words("code_unknown", code=plain(str(said))[:40]))
        return code

    def _numeric_code(self, row: int, said: float, cells: Mapping[str, Any]) -> str | None:
        """1.1 may have been "1.1" or "1.10" before a program made a number of it."""
        text = numbers.said(numbers.of_float(said))
        alike = [code for code in self._criteria if code == text or (code.count(".") == 1 and _is_number(code, text))]
        if len(alike) == 1:
            return alike[0]
        if cells:
            what = words("code_number", options=alike) if alike else words("code_unknown", code=text)
            self._problem("code", row, what)
        return None

    def _line(self, row: int, code: str, cells: Mapping[str, Any], stamps: Mapping[int, Stamp]) -> Line | None:
        criterion, rule = self._criteria[code], self._rules.get(code)
        if rule is None:
            if cells:
                self._problem(next(iter(cells)), row, words("group"))
            return None
        stamp = stamps.get(criterion.pk)
        if stamp is None:
            return None
        before = len(self._problems)
        answer = self._answer(row, rule, cells, stamp, criterion)
        explanation = self._explanation(row, cells, stamp)
        if len(self._problems) > before or (answer is None and explanation is None):
            return None
        if criterion.scored_by != Criterion.ScoredBy.UNIT:
            self._problem("answer" if answer is not None else "explanation", row, words(criterion.scored_by))
            return None
        return Line(criterion.pk, f"{self._columns[_first(cells)]}{row}", stamp.version, answer, explanation)

    def _answer(
        self, row: int, rule: scoring.Rule, cells: Mapping[str, Any], stamp: Stamp, criterion: Criterion
    ) -> Mapping[str, Any] | None:
        try:
            said = answer_of(rule, cells)
            result = scoring.score(rule, said)
        except CellProblem as problem:
            text = words(criterion.scored_by) if criterion.scored_by in {"system", "province"} else None
            self._problem(problem.column, row, text or problem_words(problem))
            return None
        except scoring.InvalidAnswer as error:
            column, text = refusal(error)
            self._problem(column, row, text)
            return None
        if answer_digest(rule, result.answer) == stamp.answer:
            return None
        if is_doubtful(rule, cells):
            given = Decimal(str(cells["answer"]))
            share = numbers.said(given * 100).replace(".", ",")
            self._problem("answer", row, words("doubtful", value=f"{given}".replace(".", ","), share=share))
            return None
        return canonical(rule, result.answer)

    def _explanation(self, row: int, cells: Mapping[str, Any], stamp: Stamp) -> str | None:
        try:
            text = paragraphs(explanation_of(cells))
        except CellProblem as problem:
            self._problem("explanation", row, problem_words(problem))
            return None
        if explanation_digest(text) == stamp.explanation:
            return None
        if len(text) > LONGEST_EXPLANATION:
            self._problem("explanation", row, words("too_long", length=len(text), most=LONGEST_EXPLANATION))
            return None
        return text


def _first(cells: Mapping[str, Any]) -> str:
    """The column by which a row is shown: where it was answered."""
    return next((name for name in ("answer", "case", "item0") if name in cells), next(iter(cells), "answer"))


def _is_number(code: str, text: str) -> bool:
    head, _point, tail = code.partition(".")
    return head.isdigit() and tail.isdigit() and Decimal(code) == Decimal(text)
