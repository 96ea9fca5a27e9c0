"""What a workbook would change in its sheet as it stands now, row by row. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments import scoring
from assessments.contexts.rules import restated
from assessments.contexts.wording import answer_text
from assessments.models import Criterion, Score
from assessments.renderers.scoring_workbook.answers import canonical
from assessments.renderers.scoring_workbook.layout import paragraphs
from assessments.services.workbook_problems import words
from assessments.services.workbook_rows import Line, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row that is to be written. `conflict`: somebody saved it on the page after the workbook was downloaded."""

    criterion: Criterion
    cell: str
    result: scoring.Result
    explanation: str
    version: int  # of the stored row, 0 where there is none
    old: scoring.Result
    old_explanation: str
    conflict: bool
    by: int | None
    at: str

    def told(self, names: Mapping[int, str]) -> dict[str, Any]:
        """As the dry run shows and keeps it."""
        return {
            "criterion": self.criterion.pk,
            "code": self.criterion.code,
            "title": self.criterion.title[:120],
            "cell": self.cell,
            "old": answer_text(self.old),
            "new": answer_text(self.result),
            "old_explanation": self.old_explanation,
            "explanation": self.explanation,
            "says": self.explanation != self.old_explanation,
            "clears": bool(self.old.answer) and not self.result.answer,
            "conflict": self.conflict,
            "by": names.get(self.by or 0, ""),
            "at": self.at,
            "version": self.version,
        }


@dataclass(frozen=True, slots=True)
class Compared:
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    same: int  # rows that were filled in and say what is stored already


Stored = Mapping[int, tuple[Mapping[str, Any], str, int, int, str]]


def stored_of(assessment_ids: Sequence[int]) -> dict[int, dict[int, tuple[Mapping[str, Any], str, int, int, str]]]:
    """{sheet: {criterion: (answer, explanation, version, by, at)}} of the units' own scores: one query."""
    found: dict[int, dict[int, tuple[Mapping[str, Any], str, int, int, str]]] = {pk: {} for pk in assessment_ids}
    rows = Score.objects.filter(assessment__in=assessment_ids, stage=Score.Stage.SELF).values_list(
        "assessment_id", "criterion_id", "answer", "explanation", "version", "by_id", "at"
    )
    for sheet, criterion, answer, explanation, version, by, at in rows.iterator(chunk_size=2000):
        found[sheet][criterion] = (answer, explanation, version, by, at.isoformat())
    return found


def compare(
    lines: Sequence[Line],
    stored: Stored,
    rules: Mapping[int, scoring.Rule],
    criteria: Mapping[int, Criterion],
) -> Compared:
    """A field that nobody touched in the workbook keeps what is stored; a row that was touched here and saved there is
    a conflict."""
    changes: list[Change] = []
    problems: list[Problem] = []
    same = 0
    for line in lines:
        criterion, rule = criteria[line.criterion], rules[line.criterion]
        answer, explanation, version, by, at = stored.get(line.criterion, ({}, "", 0, 0, ""))
        mine = answer if line.answer is None or canonical(rule, answer) == dict(line.answer) else line.answer
        says = explanation
        if line.explanation is not None and line.explanation != paragraphs(explanation):
            says = line.explanation
        if (mine, says) == (answer, explanation):
            same += 1
            continue
        result = scoring.Result() if not mine else restated(rule, mine)
        if rule.kind is scoring.Kind.ROLL_UP and result.light and not says.strip():
            problems.append(Problem(line.cell, words("reason")))
            continue
        changes.append(
            Change(
                criterion=criterion,
                cell=line.cell,
                result=result,
                explanation=says,
                version=version,
                old=restated(rule, answer),
                old_explanation=explanation,
                conflict=version != line.version,
                by=by or None,
                at=at,
            )
        )
    return Compared(tuple(changes), tuple(problems), same)
