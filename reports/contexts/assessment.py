"""Kết quả đánh giá: a unit's sheet with its totals and their arithmetic, or its traffic lights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from assessments import scoring
from assessments.contexts import AssessmentResult, ScoreLine, assessment_result
from assessments.contexts.accounts import SheetAccount
from assessments.contexts.sheet import visible_stages
from assessments.contexts.stages import StageScore
from assessments.models import Assessment
from reports.contexts import paper
from reports.contexts.paper import Paper
from reports.contexts.report import Cell, Column, Kind, Report, Row, Sheet, SumOf
from units.models import Unit, User
from units.permissions import Permission

LIGHTS = {"green": "● X", "yellow": "■ V", "red": "▲ Đ", "": ""}
HEADS = {
    Unit.Kind.DEPARTMENT: ("GIÁM ĐỐC",),
    Unit.Kind.COMMITTEE: ("TM. BAN CHỈ ĐẠO", "TRƯỞNG BAN"),
}
PEOPLES_COMMITTEE = ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")


@dataclass(frozen=True, kw_only=True)
class PrintedLine:
    """A criterion as the document writes it: `told` is the answer with its arithmetic, the explanation, why the final
    score is another, and the names of the files; `verified`, `appeal` and `final` what the assessors gave."""

    code: str
    title: str
    told: str
    maximum: str
    points: str
    light: str
    verified: str = ""
    appeal: str = ""
    final: str = ""


@dataclass(frozen=True, kw_only=True)
class PrintedGroup:
    table: int
    code: str
    title: str
    maximum: str
    points: str
    scored: str
    lines: Sequence[PrintedLine]
    verified: str = ""
    final: str = ""


@dataclass(frozen=True, kw_only=True)
class AssessmentReport(Report):
    print_template = "reports/assessment_print.html"

    result: AssessmentResult
    opens: str
    closes: str
    updated: str

    @property
    def abstract(self) -> Sequence[str]:
        return (*paper.balanced(f"Kết quả đánh giá của {self.result.unit}"), *paper.balanced(self.result.title))

    @property
    def maximum(self) -> str:
        return paper.points(self.result.maximum)

    @property
    def total(self) -> str:
        return paper.points(self.result.total)

    @property
    def adds_up(self) -> bool:
        """Whether the numbers are plain sums: no weights, no bonus, nothing that does not apply."""
        groups = self.result.groups
        return (
            all(group.points is None or group.points == _added(line.points for line in group.lines) for group in groups)
            and all(group.maximum == _added(line.maximum for line in group.lines) for group in groups)
            and self.result.total == (_added(self.addends) if self.addends else None)
            and self.result.maximum == _added(group.maximum for group in groups)
        )

    @property
    def account(self) -> SheetAccount | None:
        """How the total came about where it is more than a sum of sums."""
        return None if self.adds_up or self.result.total is None else self.result.account

    @property
    def sum(self) -> str:
        """How the groups add up: "12,50 + 8,00 = 20,50", "" while nothing is scored or where it takes more."""
        if not self.adds_up:
            return ""
        addends = [paper.points(points) for points in self.addends]
        return f"{' + '.join(addends)} = {self.total} điểm" if addends else ""

    @property
    def addends(self) -> Sequence[Decimal]:
        """The points of each group that has any: the page writes them in the reader's language."""
        return [group.points for group in self.result.groups if group.points is not None]

    @property
    def groups(self) -> Sequence[PrintedGroup]:
        return [
            PrintedGroup(
                table=place,
                code=group.code,
                title=group.title,
                maximum=paper.points(group.maximum),
                points=paper.points(group.points),
                scored=f"{group.scored}/{group.of}",
                lines=[self._line(line) for line in group.spread],
                verified=paper.points(_points(group.verified)),
                final=paper.points(_points(group.final)),
            )
            for place, group in enumerate(self.result.groups, start=2)
        ]

    @property
    def verified_total(self) -> str:
        return paper.points(_points(self.result.verified))

    @property
    def final_total(self) -> str:
        return paper.points(_points(self.result.final))

    def _given(self, given: StageScore) -> str:
        if given.not_applicable:
            return "KAD"
        return paper.points(given.points) if self.result.is_points else LIGHTS[given.light]

    def _line(self, line: ScoreLine) -> PrintedLine:
        told = [line.answer_text, line.arithmetic] if self.result.is_points else []
        files = f"Minh chứng: {_files(line)}" if line.files else ""
        return PrintedLine(
            code=line.code,
            title=line.title,
            told="; ".join(dict.fromkeys(each for each in [*told, _why(line), files] if each)),
            maximum=paper.points(line.maximum),
            points=self._given(line.self_) if self.result.is_points else "",
            light="" if self.result.is_points else self._given(line.self_),
            verified=self._given(line.verified),
            appeal=self._given(line.appeal),
            final=self._given(line.stands),
        )

    @property
    def sheets(self) -> Sequence[Sheet]:
        result = self.result
        lines = [
            result.unit,
            f"Đợt đánh giá: {result.title} ({self.opens} – {self.closes})",
            f"Bộ tiêu chí: {result.criteria_set}, phiên bản {result.criteria_version}; {result.standard}",
            f"Đã chấm {result.scored}/{result.of} tiêu chí; cập nhật {self.updated}",
        ]
        return [self._points_sheet(lines) if result.is_points else self._lights_sheet(lines)]

    def _points_sheet(self, lines: Sequence[str]) -> Sheet:
        rows: list[Row] = []
        groups: list[int] = []
        own: list[Cell]
        blank = self._told(None, None, None)
        for group in self.result.groups:
            at = len(rows)
            groups.append(at)
            members = SumOf(rows=range(at + 1, at + 1 + len(group.lines)))
            maximum: Cell = members if self.adds_up else group.maximum
            points: Cell = members if self.adds_up and group.points is not None else group.points
            told = self._told(_points(group.verified), None, _points(group.final))
            own = [group.code, group.title, maximum, None, points]
            rows.append(Row(cells=[*own, *told, None, None, None, None], look="group"))
            for line in group.lines:
                own = [line.code, line.title, line.maximum, line.answer_text, line.points]
                told = self._told(line.verified.points, line.appeal.points, line.stands.points)
                rows.append(Row(cells=[*own, *told, line.arithmetic, _why(line), _files(line), line.by]))
        if self.account:
            rows += [
                Row(cells=[None, step.label, None, None, step.points, *blank, step.text, None, None, None])
                for step in self.account.steps
            ]
        every = SumOf(rows=groups)
        whole: Cell = every if self.adds_up else self.result.maximum
        total: Cell = every if self.adds_up and self.result.total is not None else self.result.total
        told = self._told(_points(self.result.verified), None, _points(self.result.final))
        rows.append(Row(cells=[None, "Tổng cộng", whole, None, total, *told, None, None, None, None], look="total"))
        return Sheet(
            name="Kết quả",
            title="KẾT QUẢ ĐÁNH GIÁ",
            lines=lines,
            columns=[
                Column(title="Mã", width=8, kind=Kind.CENTRE),
                Column(title="Tiêu chí", width=56),
                Column(title="Điểm tối đa", width=10, kind=Kind.SCORE),
                Column(title="Kết quả nhập", width=24),
                Column(title="Tự chấm" if self.result.shows_result else "Điểm", width=10, kind=Kind.SCORE),
                *self._told_columns(Kind.SCORE),
                Column(title="Cách tính", width=34),
                Column(title="Giải trình", width=30),
                Column(title="Minh chứng", width=34),
                Column(title="Người chấm", width=22),
            ],
            rows=rows,
        )

    def _told(self, verified: Cell, appeal: Cell, final: Cell) -> list[Cell]:
        """The cells of the assessors, where the reader sees them."""
        return [verified, appeal, final] if self.result.shows_result else []

    def _told_columns(self, kind: Kind) -> list[Column]:
        titles = ("Thẩm định", "Phúc tra", "Chính thức") if self.result.shows_result else ()
        return [Column(title=title, width=11, kind=kind) for title in titles]

    def _lights_sheet(self, lines: Sequence[str]) -> Sheet:
        rows: list[Row] = []
        blank = self._told(None, None, None)
        for group in self.result.groups:
            told = f"Xanh {group.green}, vàng {group.yellow}, đỏ {group.red}, chưa đánh giá {group.missing}"
            rows.append(Row(cells=[group.code, group.title, told, *blank, None, None, None, None], look="group"))
            for line in group.spread:
                own: list[Cell] = [line.code, line.title, self._given(line.self_)]
                given = self._told(*(self._given(each) for each in (line.verified, line.appeal, line.stands)))
                rows.append(Row(cells=[*own, *given, line.sdg, _why(line), _files(line), line.by]))
        result = self.result
        told = f"Xanh {result.green}, vàng {result.yellow}, đỏ {result.red}, chưa đánh giá {result.missing}"
        rows.append(Row(cells=[None, "Tổng cộng", told, *blank, None, None, None, None], look="total"))
        return Sheet(
            name="Kết quả",
            title="KẾT QUẢ ĐÁNH GIÁ",
            lines=[*lines, "X: xanh; V: vàng; Đ: đỏ"],
            columns=[
                Column(title="Mã", width=8, kind=Kind.CENTRE),
                Column(title="Chỉ số", width=56),
                Column(title="Tự chấm" if result.shows_result else "Mức", width=30, kind=Kind.CENTRE),
                *self._told_columns(Kind.CENTRE),
                Column(title="SDG", width=18, kind=Kind.CENTRE),
                Column(title="Giải trình", width=44),
                Column(title="Minh chứng", width=34),
                Column(title="Người đánh giá", width=22),
            ],
            rows=rows,
        )


def assessment_report(assessment: Assessment, *, user: User) -> AssessmentReport:
    """The sheet as it stands, as far as `user` sees it: what assessors gave stays hidden until it is told. At most four
    queries when `assessment` came from `with_sheet_head()`."""
    now = timezone.now()
    result = assessment_result(assessment, stages=visible_stages(user, assessment))
    unit = assessment.unit
    return AssessmentReport(
        title=f"Kết quả đánh giá của {result.unit}: {result.title}",
        file_name=paper.file_safe(f"Kết quả đánh giá - {result.unit} - {result.title}"),
        made_at=now,
        scope={Permission.ASSESSMENT_VIEW.value: [unit.pk]},
        paper=paper_of(unit, now),
        result=result,
        opens=_day(result.opens_at),
        closes=_day(result.closes_at),
        updated=f"{timezone.localtime(result.updated_at):%H:%M} ngày {_day(result.updated_at)}",
    )


def _points(sums: scoring.Sum | None) -> Decimal | None:
    return None if sums is None else sums.points


def _files(line: ScoreLine) -> str:
    return "; ".join(file.name for file in line.files)


def _why(line: ScoreLine) -> str:
    """The unit's explanation, and why the final score is another."""
    reason = f"Lý do khác điểm: {line.stands.reason}" if line.differs and line.stands.reason else ""
    return "; ".join(each for each in (line.explanation, reason) if each)


def _added(numbers: Iterable[Decimal | None]) -> Decimal:
    return sum((number for number in numbers if number is not None), Decimal(0))


def _day(moment: datetime) -> str:
    return paper.written_day(timezone.localtime(moment).date())


def paper_of(unit: Unit, now: datetime) -> Paper:
    """The unit reports on its own sheet."""
    today = timezone.localtime(now).date()
    is_peoples_committee = len(paper.organ_lines(unit.name)) > 1
    is_committee = unit.kind == Unit.Kind.COMMITTEE
    return Paper(
        parent_organ=paper.parent_organ(unit.name, unit.parent),
        organ=unit.name,
        organ_lines=paper.organ_lines(unit.name),
        symbol_tail="UBND" if is_peoples_committee else "BCĐ" if is_committee else "",
        place=unit.place,
        month=paper.written_month(today.month),
        year=today.year,
        recipients=("- Lưu: VT.",),
        authorities=PEOPLES_COMMITTEE if is_peoples_committee else HEADS.get(Unit.Kind(unit.kind), ()),
        office_lines=(),
    )
