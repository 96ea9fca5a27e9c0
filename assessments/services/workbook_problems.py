"""What is wrong with a cell of a scoring workbook, in words that say what to do."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import scoring
from assessments.contexts.wording import refusal_text
from assessments.renderers.scoring_workbook.answers import COLUMN_OF, CellProblem
from assessments.renderers.scoring_workbook.layout import HEADS, item_head

WORDS: Mapping[str, str | Promise] = {
    "fault": gettext_lazy("The cell holds an error of a formula. Write the value instead."),
    "formula": gettext_lazy("The cell holds a formula without a result. Write the value instead of the formula."),
    "date": gettext_lazy(
        "The spreadsheet program made a day of it: %(value)s. Write it again; of a ratio, write each number into its "
        "own cell."
    ),
    "day": gettext_lazy("Write how many days late it was (0 if on time), not a day: %(value)s."),
    "yes_no": gettext_lazy("Write Có or Không."),
    "level": gettext_lazy("Choose one of the levels: %(options)s."),
    "level_twice": gettext_lazy("Several levels give %(points)s points. Choose one by its words: %(options)s."),
    "whole": gettext_lazy("“%(value)s” is no whole number. Write a whole number from 0, digits only."),
    "number": gettext_lazy("“%(value)s” is no number. Write digits, for example 97,5."),
    "separator": gettext_lazy(
        "“%(value)s” can be read in two ways. Write it without a separator of thousands, with a comma for decimals."
    ),
    "doubtful": gettext_lazy(
        "%(value)s can be %(share)s %% or less than one per cent. Write %(share)s, or “%(value)s %%” if so little is "
        "meant."
    ),
    "half": gettext_lazy("Write both numbers: in “Kết quả” and in “Trên tổng số”."),
    "light": gettext_lazy("Write Xanh, Vàng or Đỏ."),
    "case": gettext_lazy("Choose from the list or leave it blank: %(options)s."),
    "either": gettext_lazy("The row is answered in two ways. Keep the result or the other case, and clear the other."),
    "tick": gettext_lazy("Mark the items with x in the columns “Mục 1” to “Mục %(most)s”."),
    "mark": gettext_lazy("Mark the item with x, or leave the cell blank."),
    "no_item": gettext_lazy("This criterion has only %(most)s items. Clear the cell."),
    "not_here": gettext_lazy("This cell is not filled in for this criterion. Clear it."),
    "system": gettext_lazy("The system scores this criterion. Clear the cell, or leave it as it was downloaded."),
    "province": gettext_lazy("The province scores this criterion. Clear the cell, or leave it as it was downloaded."),
    "too_long": gettext_lazy("The explanation has %(length)s characters; at most %(most)s can be kept."),
    "reason": gettext_lazy("The light is set by hand: write why in the column “Giải trình”."),
    "code_unknown": gettext_lazy(
        "There is no criterion “%(code)s” in this sheet. Put the code back as it was downloaded, or clear the row."
    ),
    "code_blank": gettext_lazy(
        "The row has entries but no code. Put the code of the criterion back, or clear the row."
    ),
    "code_day": gettext_lazy("The spreadsheet program made a day of the code. Put the code back as text."),
    "code_twice": gettext_lazy("The criterion %(code)s stands in two rows. Keep one of them."),
    "code_number": gettext_lazy("The code became a number and may be %(options)s. Put it back as text."),
    "group": gettext_lazy("This row is a group: nothing is filled in here. Clear the cell."),
    "head_twice": gettext_lazy("This head stands in two columns. Rename or delete the one that you added."),
    "head_missing": gettext_lazy("The column “%(head)s” is missing. Put its head back, or download a new workbook."),
}


def words(code: str, /, **values: object) -> str:
    """The options of a list are told within bounds."""
    options = values.get("options")
    if isinstance(options, list):
        values["options"] = "; ".join(str(each) for each in options)[:400]
    return str(WORDS[code]) % values


def problem_words(problem: CellProblem) -> str:
    return words(problem.code, **problem.values)


def refusal(error: scoring.InvalidAnswer) -> tuple[str, str]:
    """(column, words) of an answer that the rule of its criterion does not take."""
    return COLUMN_OF.get(error.field, "answer"), refusal_text(error)


def head_of(column: str) -> str:
    return item_head(int(column[4:])) if column.startswith("item") else HEADS.get(column, _("another column"))
