"""A chasing letter (công văn đôn đốc) as its paper, and all letters of one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone

from plans.contexts.letter import LetterWords, day_of_letter, formal, letter_words
from plans.models import ChasingLetter, ChasingRun
from reports.contexts import paper
from reports.contexts.blocks import Block, Run, Table, cell, paragraph, row
from reports.contexts.paper import NO_BREAK, Paper
from reports.contexts.report import DocumentReport, Report
from units.models import User
from units.permissions import Permission

SUBJECT_LENGTH = 36


@dataclass(frozen=True, kw_only=True)
class PrintedLetter(DocumentReport):
    letter_id: int


@dataclass(frozen=True, kw_only=True)
class PrintedLetters(Report):
    """One file with every letter, each from its own page one; `parts` are what an archive holds."""

    print_template = "reports/document_print.html"

    letters: Sequence[PrintedLetter] = field(default_factory=list)

    @property
    def parts(self) -> Sequence[Report]:
        return self.letters


def printed_letter(letter: ChasingLetter, *, user: User) -> PrintedLetter:
    """As `user`, who may see the letter, may have it. No query of its own."""
    words = letter_words(letter)
    name = f"{letter.register_number}" if letter.register_number else "dự thảo"
    return PrintedLetter(
        title=f"Công văn {name} {words.about} gửi {words.addressee}",
        file_name=paper.file_safe(f"Công văn {name} - {letter.addressee.name}"),
        made_at=timezone.now(),
        paper=_paper_of(letter, words),
        blocks=_blocks(words),
        letter_id=letter.pk,
    )


def printed_letters(run: ChasingRun, *, user: User) -> PrintedLetters:
    """Every letter of the run that was not cancelled, in the order of their numbers. Three queries."""
    letters = with_words(ChasingLetter.objects.filter(run=run)).exclude(state=ChasingLetter.State.CANCELLED)
    made = [printed_letter(letter, user=user) for letter in letters.order_by("pk")]
    title = f"Công văn đôn đốc của {run.unit}, {paper.written_day(run.as_of)}"
    return PrintedLetters(
        title=title,
        file_name=paper.file_safe(title.replace("/", "-")),
        made_at=timezone.now(),
        scope={Permission.CHASE.value: [run.unit_id]},
        paper=_bare_paper(run),
        letters=made,
    )


def with_words(letters: QuerySet[ChasingLetter]) -> QuerySet[ChasingLetter]:
    """The rows that `letter_words` reads, loaded with the letters."""
    return letters.select_related("unit__parent", "addressee", "run", "register_number").prefetch_related("items")


def _paper_of(letter: ChasingLetter, words: LetterWords) -> Paper:
    unit, day = letter.unit, day_of_letter(letter)
    month = day or letter.run.as_of
    return Paper(
        parent_organ=paper.parent_organ(unit.name, unit.parent),
        organ=formal(unit.name),
        organ_lines=paper.organ_lines(unit.name),
        type="",
        symbol_head="",
        symbol_tail=letter.run.symbol,
        number=f"{letter.register_number.number:02d}" if letter.register_number else "",
        place=unit.place or (unit.parent.place if unit.parent else ""),
        day=f"{day.day:02d}" if day else "",
        month=paper.written_month(month.month),
        year=month.year,
        is_draft=letter.state == ChasingLetter.State.DRAFT,
        marks=("ĐÃ HỦY",) if letter.state == ChasingLetter.State.CANCELLED else (),
        subject=paper.balanced(f"V/v {words.about}", SUBJECT_LENGTH),
        addressees=[words.addressee],
        recipients=paper.recipient_lines(
            [("Như trên", ""), *((line, "") for line in letter.run.recipients or ["Lưu: VT"])]
        ),
        authorities=letter.signer_lines,
        office_lines=(),
        signatory=letter.signer_name,
    )


def _bare_paper(run: ChasingRun) -> Paper:
    return Paper(
        parent_organ="",
        organ=run.unit.name,
        organ_lines=(),
        symbol_tail=run.symbol,
        place=run.unit.place,
        month="",
        year=None,
        recipients=(),
        authorities=(),
        office_lines=(),
    )


def _blocks(words: LetterWords) -> list[Block]:
    asks = [paragraph(words.asks[0], Run(words.deadline, "run-in"), "."), *map(paragraph, words.asks[1:])]
    return [
        *map(paragraph, words.before),
        _table(words),
        paragraph(words.asking),
        *asks,
        paragraph(words.closing),
    ]


def _table(words: LetterWords) -> Table:
    """With a column for the document that set the deadline where there are several."""
    titles = ["TT", "Nội dung", "Theo văn bản", "Thời hạn", f"Số ngày quá{NO_BREAK}hạn"]
    widths: list[float | None] = [9, None, 46, 25, 20]
    if not words.by_source:
        titles, widths = [titles[0], titles[1], *titles[3:]], [9, None, 30, 25]
    return Table(
        widths=widths,
        head=[row(*titles)],
        rows=[
            row(
                cell(each.number, "centre"),
                each.title,
                *([each.source] if words.by_source else []),
                cell(each.deadline, "centre"),
                cell(each.late_days, "centre"),
            )
            for each in words.rows
        ],
    )
