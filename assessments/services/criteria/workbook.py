"""A criteria set that comes back as a file: every cell looked at, what would change, and only then the change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from assessments import scoring
from assessments.contexts import criteria_sheet as words
from assessments.contexts.criteria_content import Content, Entry, content_of
from assessments.contexts.criteria_diff import differences
from assessments.contexts.criteria_parameters import ParameterInvalid, tidy
from assessments.contexts.criteria_policy import canonical_policy
from assessments.contexts.criteria_problems import invalid_rule_text
from assessments.contexts.criteria_reading import read_entries
from assessments.models import CriteriaSet
from assessments.services.criteria.documents import DocumentInvalid, parse, read_document
from assessments.services.criteria.drafts import replace_content
from assessments.services.criteria.standing import CriteriaRefused, LockedRows
from assessments.services.criteria.writing import respect_locked
from plans.contexts.diff import Change
from plans.services.evidence import WORDS
from plans.upload import child, kinds
from plans.upload.refusal import RefusedFile
from units.models import User

LARGEST_FILE = 5 * 1024 * 1024
SALT, SECONDS = "assessments.criteria.file", 3600


class FileRefused(CriteriaRefused):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with one cell ("Tiêu chí!F7"), or one place of a JSON file ("criteria[3].code")."""

    cell: str
    text: str


@dataclass(frozen=True, kw_only=True)
class CheckedFile:
    """What taking the file would do. With `problems` it is not taken."""

    draft: CriteriaSet
    content: Content | None
    changes: Sequence[Change]
    problems: Sequence[CellProblem]

    def confirmation(self, by: User) -> str:
        """What the person was shown, to be given back when they agree: for them, this draft as it is, for an hour."""
        if self.content is None:
            return ""
        said = {"by": by.pk, "set": self.draft.pk, "revision": self.draft.revision, "content": asdict(self.content)}
        return signing.dumps(said, salt=SALT, compress=True)


def check_file(*, draft: CriteriaSet, name: str, data: bytes, by: User) -> CheckedFile:
    """Look at a workbook or a JSON document without saving anything. Raises FileRefused."""
    before = content_of(draft)
    if name.lower().endswith(".json"):
        content, problems = _document(data)
    else:
        content, problems = _Workbook(read_workbook(data), before).read()
    if content:
        content = replace(
            content, standard_code=before.standard_code, standard_edition=before.standard_edition, scale=before.scale
        )
        content = replace(content, entries=_kept(before.entries, content.entries))
        try:
            respect_locked(before.entries, content.entries)
        except LockedRows as error:
            problems = [CellProblem(words.SHEET, str(error))]
    if problems or content is None:
        return CheckedFile(draft=draft, content=None, changes=[], problems=problems)
    return CheckedFile(draft=draft, content=content, changes=differences(before, content), problems=[])


def _kept(before: Sequence[Entry], after: Sequence[Entry]) -> tuple[Entry, ...]:
    """A file that says nothing of what a known criterion continues leaves it as it is."""
    known = {entry.code: entry.continues for entry in before}
    return tuple(entry if entry.continues else replace(entry, continues=known.get(entry.code, "")) for entry in after)


def _document(data: bytes) -> tuple[Content | None, list[CellProblem]]:
    try:
        return read_document(parse(data)), []
    except DocumentInvalid as error:
        return None, [CellProblem(where, what) for where, what in error.faults]


def read_workbook(data: bytes) -> Mapping[str, Sequence[Sequence[Any]]]:
    """The cells of each sheet. Raises FileRefused."""
    if len(data) > LARGEST_FILE:
        raise FileRefused(_("The file is larger than 5 MB: it is not a criteria set."))
    try:
        kinds.check(data, "xlsx")
        found: Mapping[str, Sequence[Sequence[Any]]] = child.run("plans.upload.cells:read_cells", data)
    except RefusedFile as refused:
        raise FileRefused(str(WORDS[refused.reason])) from None
    except (child.Refused, child.Exhausted):
        said = _("The workbook cannot be read. Open it, save it as .xlsx and send it again, or export it anew.")
        raise FileRefused(said) from None
    return found


def _letter(place: int) -> str:
    return chr(ord("A") + place)


class _Workbook:
    def __init__(self, sheets: Mapping[str, Sequence[Sequence[Any]]], before: Content) -> None:
        self.sheets, self.before = sheets, before
        self.problems: list[CellProblem] = []
        missing = [name for name in (words.SHEET, words.POLICY_SHEET) if name not in sheets]
        if missing:
            said = _("The workbook has no sheet “%(name)s”. Send one that was exported here.")
            raise FileRefused(said % {"name": missing[0]})

    def wrong(self, sheet: str, column: int, row: int, text: str) -> None:
        self.problems.append(CellProblem(f"{sheet}!{_letter(column)}{row}", text))

    def read(self) -> tuple[Content | None, list[CellProblem]]:
        entries = self._entries()
        head, policy = self._policy()
        if self.problems:
            return None, self.problems
        return replace(self.before, **head, policy=policy, entries=entries), []

    def _heads(self, sheet: str, row: int, columns: Mapping[str, tuple[str, int]]) -> bool:
        cells = self.sheets[sheet][row - 1] if len(self.sheets[sheet]) >= row else []
        for place, (title, _width) in enumerate(columns.values()):
            found = tidy(cells[place]) if place < len(cells) else ""
            if found != title:
                self.wrong(sheet, place, row, _("Column “%(title)s” must stand here.") % {"title": title})
                return False
        return True

    def _rows(self, sheet: str, first: int, columns: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
        rows = []
        for number, cells in enumerate(self.sheets[sheet][first - 1 :], start=first):
            values = {name: cells[place] if place < len(cells) else None for place, name in enumerate(columns)}
            if any(value not in (None, "") for value in values.values()):
                rows.append((number, values))
        return rows

    def _entries(self) -> tuple[Entry, ...]:
        if not self._heads(words.SHEET, words.HEAD_ROW, words.COLUMNS):
            return ()
        rows = self._rows(words.SHEET, words.FIRST_ROW, words.COLUMNS)
        before = len(self.problems)
        raws = [self._raw(number, values) for number, values in rows]
        entries, faults = read_entries(raws)
        places = list(words.COLUMNS)
        said = {problem.cell for problem in self.problems[before:]}
        for fault in faults:
            column = places.index(fault.field) if fault.field in places else 0
            number = rows[fault.place][0] if fault.place < len(rows) else words.FIRST_ROW
            if f"{words.SHEET}!{_letter(column)}{number}" not in said:
                self.wrong(words.SHEET, column, number, fault.text)
        return entries

    def _raw(self, number: int, values: Mapping[str, Any]) -> dict[str, Any]:
        raw = dict(values)
        places = list(words.COLUMNS)

        def said(name: str, read: Callable[[Any], Any], default: Any) -> None:
            if raw[name] in (None, ""):
                raw[name] = default
                return
            try:
                raw[name] = read(raw[name])
            except ParameterInvalid as error:
                self.wrong(words.SHEET, places.index(name), number, str(error))
                raw[name] = default

        for name, choices in words.CHOICES.items():
            said(name, _chosen({text: str(value) for value, text in choices.items()}), None)
        for name in words.FLAGS:
            said(name, _chosen({words.YES: True, words.NO: False}), False)
        said("applies_to", _kinds, [])
        kind = raw["scoring"]
        said("parameters", lambda text: words.parameters_from(kind, str(text)) if kind else {}, {})
        if not raw["parameters"] and kind:
            raw["parameters"] = words.parameters_from(kind, "")
        return raw

    def _policy(self) -> tuple[dict[str, str], dict[str, Any]]:
        cells = self.sheets[words.POLICY_SHEET]
        found: dict[str, Any] = {}
        for number, (name, label) in enumerate(words.POLICY_ROWS.items(), start=1):
            row = cells[number - 1] if len(cells) >= number else []
            if not row or tidy(row[0]) != label:
                self.wrong(words.POLICY_SHEET, 0, number, _("“%(label)s” must stand here.") % {"label": label})
                return {}, {}
            found[name] = row[1] if len(row) > 1 else ""
        for name, choices in words.POLICY_CHOICES.items():
            try:
                found[name] = _chosen({text: value for value, text in choices.items()})(found[name])
            except ParameterInvalid as error:
                self.wrong(words.POLICY_SHEET, 1, list(words.POLICY_ROWS).index(name) + 1, str(error))
                return {}, {}
        head = {
            "title": tidy(found["title"]),
            "title_en": tidy(found["title_en"]),
            "note": tidy(found["note"], lines=True),
        }
        for name, most in {"title": 200, "title_en": 200, "note": 4000}.items():
            if len(head[name]) > most or (name == "title" and not head[name]):
                text = _("Write a text of at most %(most)s letters.") % {"most": most}
                self.wrong(words.POLICY_SHEET, 1, list(words.POLICY_ROWS).index(name) + 1, text)
        return head, self._settings(found)

    def _settings(self, found: Mapping[str, Any]) -> dict[str, Any]:
        rows = list(words.POLICY_ROWS)
        decimals = _text(found["decimals"])
        rounding = {"mode": found["mode"], "decimals": int(decimals) if decimals in {"0", "1", "2"} else decimals}
        settings: list[tuple[str, str, Any]] = [
            ("not_applicable", "not_applicable", found["not_applicable"]),
            ("decimals", "rounding", rounding),
            ("grade_on", "grade_on", found["grade_on"]),
            ("knocked_out", "knocked_out", found["knocked_out"]),
            (
                "tie_breaks",
                "tie_breaks",
                [code for each in _text(found["tie_breaks"]).split(";") if (code := each.strip())],
            ),
        ]
        settings += [
            (name, name, _text(found[name]))
            for name in ("bonus_cap", "deduction_cap", "floor", "ceiling")
            if _text(found[name])
        ]
        policy: dict[str, Any] = {}
        for row, name, value in settings:
            try:
                canonical_policy({name: value})
            except scoring.InvalidRule as error:
                self.wrong(words.POLICY_SHEET, 1, rows.index(row) + 1, invalid_rule_text(error))
            policy[name] = value
        policy["grades"] = self._table(words.GRADE_SHEET, words.GRADE_COLUMNS, "grades")
        policy["knock_outs"] = self._table(
            words.KNOCK_OUT_SHEET, words.KNOCK_OUT_COLUMNS, "knock_outs", policy["grades"]
        )
        if self.problems:
            return {}
        try:
            return canonical_policy(policy)
        except scoring.InvalidRule as error:
            sheet = words.GRADE_SHEET if error.at.startswith("grades") else words.POLICY_SHEET
            self.wrong(sheet, 1, rows.index("ceiling") + 1 if error.at == "ceiling" else 1, invalid_rule_text(error))
            return {}

    def _table(
        self, sheet: str, columns: Mapping[str, tuple[str, int]], name: str, grades: Sequence[Any] = ()
    ) -> list[dict[str, Any]]:
        """Rows of a small sheet; each is tried alone, so that what is wrong has its row."""
        if sheet not in self.sheets or not self._heads(sheet, words.SMALL_HEAD_ROW, columns):
            if sheet not in self.sheets:
                self.wrong(
                    sheet,
                    0,
                    1,
                    _("The workbook has no sheet “%(name)s”. Send one that was exported here.") % {"name": sheet},
                )
            return []
        found = []
        for number, values in self._rows(sheet, words.SMALL_FIRST_ROW, columns):
            row = {key: _text(value) for key, value in values.items()}
            row = {key: text for key, text in row.items() if text or key not in {"title_en", "reason"}}
            try:
                canonical_policy({"grades": list(grades), name: [row]})
            except scoring.InvalidRule as error:
                part = error.at.rpartition(".")[2]
                column = list(columns).index(part) if part in columns else 0
                self.wrong(sheet, column, number, invalid_rule_text(error))
            else:
                found.append(row)
        return found


def _text(value: Any) -> str:
    """A number as people write it, without the tail of a float: 90.0 is 90."""
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    text = tidy(value)
    return text.replace(",", ".") if text.replace(",", "").isdigit() else text


def _chosen(choices: Mapping[str, Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        text = tidy(value)
        if text not in choices:
            raise ParameterInvalid(_("Choose one of: %(values)s.") % {"values": ", ".join(choices)})
        return choices[text]

    return read


def _kinds(value: Any) -> list[str]:
    by_words = {text.lower(): kind for kind, text in words.kind_words().items()}
    found = []
    for each in str(value).split(";"):
        if not (text := tidy(each)):
            continue
        if text.lower() not in by_words:
            said = _("“%(text)s” is no kind of unit. Write some of: %(kinds)s.")
            raise ParameterInvalid(said % {"text": text[:40], "kinds": "; ".join(words.kind_words().values())})
        found.append(by_words[text.lower()])
    return found


def take_file(*, draft: CriteriaSet, confirmation: str, by: User) -> CriteriaSet:
    """Make the draft say what the person was shown. Raises FileRefused, and what `replace_content` raises."""
    try:
        said = signing.loads(confirmation, salt=SALT, max_age=SECONDS)
    except signing.SignatureExpired:
        raise FileRefused(_("You looked at this file more than an hour ago. Send it again.")) from None
    except signing.BadSignature:
        raise FileRefused(_("Send the file again: what was to be saved did not arrive whole.")) from None
    if (said["by"], said["set"]) != (by.pk, draft.pk):
        raise FileRefused(_("Somebody else looked at this file. Send it again yourself."))
    given = said["content"]
    entries = tuple(Entry(**{**entry, "applies_to": tuple(entry["applies_to"])}) for entry in given.pop("entries"))
    content = Content(**given, entries=entries)
    return replace_content(criteria_set=draft, content=content, by=by, expected=said["revision"])
