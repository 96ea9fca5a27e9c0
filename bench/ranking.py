"""National size: 4,000 units × 120 items × 5 years. The ranking by page and API against the raw SQL on one wide row;
saving a sheet of 120 items with its totals against saving it without."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIRequestFactory, force_authenticate

from assessments.api import RankingAPI
from assessments.contexts.ranking import PER_PAGE, ranking_page, ranking_rows, ranking_table
from assessments.models import Assessment, CriteriaSet, Criterion, Round, Score
from assessments.services.totals import store_totals
from bench.pair import Pair
from plans.models import Standard
from units.models import Membership, Unit, User
from units.permissions import Role

UNITS, GROUPS, ITEMS, YEARS = 4_000, 8, 15, 5
FEW = 40
NOW = datetime(2026, 11, 21, tzinfo=UTC)
PAGE = 200
POLICY = {
    "grade_on": "points",
    "grades": [{"code": "good", "title": "Tốt", "from": "80"}, {"code": "weak", "title": "Yếu", "from": "0"}],
}
# One table, one round, the units' names: as a script would ask for it.
DRAFT = """
SELECT a.id, u.name, a.total, a.final_total, a.final_groups, a.grade, a.knocked_out, a.state, a.ranking_group,
a.unit_id, RANK() OVER (PARTITION BY a.ranking_group ORDER BY a.final_total DESC) AS place
FROM assessments_assessment a JOIN units_unit u ON u.id = a.unit_id WHERE a.round_id = %s ORDER BY place, a.id
"""
PUBLISHED = """
SELECT a.id, u.name, a.total, a.final_total, a.final_groups, a.grade, a.knocked_out, a.state, a.ranking_group,
a.unit_id, a.rank FROM assessments_assessment a JOIN units_unit u ON u.id = a.unit_id WHERE a.round_id = %s
ORDER BY a.rank, a.final_total DESC, a.id
"""


def make_set() -> CriteriaSet:
    made = CriteriaSet.objects.create(
        slug="national",
        title="120 items",
        standard=Standard.objects.get_or_create(code="TCVN ISO 9001", edition="2015")[0],
        scale=CriteriaSet.Scale.POINTS,
        status=CriteriaSet.Status.PUBLISHED,
        policy=POLICY,
        size=GROUPS * ITEMS,
        maximum=GROUPS * ITEMS,
    )
    order = 0
    for group in range(1, GROUPS + 1):
        order += 1
        above = Criterion.objects.create(
            criteria_set=made, order=order, code=f"{group}", title=f"Group {group}", scoring="group"
        )
        Criterion.objects.bulk_create(
            Criterion(
                criteria_set=made,
                parent=above,
                order=order + item,
                code=f"{group}.{item}",
                title=f"Item {group}.{item}",
                scoring="points",
                max_score=1,
            )
            for item in range(1, ITEMS + 1)
        )
        order += ITEMS
    return made


def make_country() -> tuple[list[Round], Round, User]:
    """Five rounds of 4,000 sheets, the last of them published, and one more round of 40."""
    began = time.perf_counter()
    last = Unit.objects.order_by("-pk").first()
    first = (last.pk if last else 0) + 1
    root = Unit.objects.create(pk=first, path=f"{first:08d}/", kind=Unit.Kind.PROVINCE, name="Country")
    units = Unit.objects.bulk_create(
        Unit(pk=pk, parent=root, path=f"{root.path}{pk:08d}/", kind=Unit.Kind.COMMUNE, name=f"Commune {pk:06d}")
        for pk in range(first + 1, first + 1 + UNITS)
    )
    leader = User.objects.create(username="ranking")
    Membership.objects.create(user=leader, unit=root, role=Role.LEADER)
    criteria_set = make_set()

    def round_of(year: int) -> Round:
        return Round.objects.create(
            unit=root,
            criteria_set=criteria_set,
            title=f"Round {year}",
            year=year,
            opens_at=datetime(year, 1, 1, tzinfo=UTC),
            closes_at=datetime(year, 6, 1, tzinfo=UTC),
            groups=[{"code": "commune", "title": "Communes", "kinds": ["commune"]}],
            created_by=leader,
        )

    rounds = [round_of(year) for year in range(2022, 2022 + YEARS)]
    few = round_of(2021)
    for round_ in rounds:
        _sheets(round_, units)
    _sheets(few, units[:FEW])
    _scores(criteria_set, leader)
    _publish(rounds[-1])
    stored = Score.objects.count()
    print(f"generated {UNITS:,} units, {len(rounds)} rounds, {stored:,} scores in {time.perf_counter() - began:.0f} s")
    return rounds, few, leader


def _sheets(round_: Round, units: list[Unit]) -> None:
    def sheet(number: int, unit: Unit) -> Assessment:
        parts = [Decimal((number * 7919 + group * 104_729 + round_.year) % 1501) / 100 for group in range(GROUPS)]
        total = sum(parts, Decimal(0)) + Decimal(number) / 10_000
        return Assessment(
            round=round_,
            unit=unit,
            state=Assessment.State.PRELIMINARY,
            ranking_group="commune",
            scored=GROUPS * ITEMS,
            of=GROUPS * ITEMS,
            total=round(total, 2),
            final_scored=GROUPS * ITEMS,
            final_total=round(total, 2),
            final_groups={
                f"{group + 1}": {"points": f"{part:.2f}", "scored": ITEMS, "green": 0, "yellow": 0, "red": 0}
                for group, part in enumerate(parts)
            },
            grade="good" if total >= 80 else "weak",
        )

    Assessment.objects.bulk_create([sheet(*each) for each in enumerate(units)], batch_size=500)


def _scores(criteria_set: CriteriaSet, by: User) -> None:
    """A verified score of every item of every sheet, made by the database itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO assessments_score
                (assessment_id, criterion_id, stage, answer, points, light, explanation, version, by_id, at)
            SELECT a.id, c.id, 'verified', '{"points": "0.50"}', 0.5, '', '', 1, %s, %s
            FROM assessments_assessment a JOIN assessments_round r ON r.id = a.round_id
            JOIN assessments_criterion c ON c.criteria_set_id = r.criteria_set_id AND c.scoring <> 'group'
            WHERE r.criteria_set_id = %s AND r.year > 2021
            """,
            [by.pk, NOW, criteria_set.pk],
        )


def _publish(round_: Round) -> None:
    Round.objects.filter(pk=round_.pk).update(state=Round.State.PUBLISHED)
    round_.state = Round.State.PUBLISHED
    totals = Assessment.objects.filter(round=round_).order_by("-final_total").values_list("pk", "final_total")
    before, rank, places = None, 0, {}
    for at, (pk, total) in enumerate(totals, start=1):
        if total != before:
            before, rank = total, at
        places[pk] = rank
    sheets = [Assessment(pk=pk, rank=rank) for pk, rank in places.items()]
    Assessment.objects.bulk_update(sheets, ["rank"], batch_size=200)
    Assessment.objects.filter(round=round_).update(state=Assessment.State.PUBLISHED, digest="0" * 64)


def _fetched(sql: str, round_: Round, limit: int = 0) -> list[tuple[Any, ...]]:
    """The rows as a script would use them: numbers as decimals, groups read."""
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {limit}" if limit else sql, [round_.pk])
        rows = []
        for pk, name, own, total, groups, grade, knocked_out, *_rest, place in cursor.fetchall():
            read = orjson.loads(groups) if isinstance(groups, str) else groups
            points = [Decimal(read[f"{group}"]["points"]) for group in range(1, GROUPS + 1)]
            apart = Decimal(f"{total:.2f}") - Decimal(f"{own:.2f}")
            rows.append((pk, name, place, Decimal(f"{total:.2f}"), points, grade, orjson.loads(knocked_out), apart))
        return rows


def _told(rows: Any) -> list[tuple[Any, ...]]:
    return [(row.sheet_id, row.unit, row.place, row.total, list(row.groups), row.difference) for row in rows]


def _plain(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(pk, name, place, total, points, apart) for pk, name, place, total, points, _g, _k, apart in rows]


def api_page(round_: Round, person: User) -> Callable[[], list[int]]:
    view = RankingAPI.as_view({"get": "list"}, throttle_classes=())

    def ask() -> list[int]:
        request = APIRequestFactory().get("/", {"round": round_.pk, "page_size": PAGE})
        force_authenticate(request, user=person)
        return [row["id"] for row in orjson.loads(view(request).render().content)["results"]]

    return ask


def queries(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def say_queries(few: Round, many: Round, person: User) -> None:
    for name, ask in {
        "the ranking page's context": lambda round_: ranking_page(round_, ranking_table(round_)),
        "a page of the API": lambda round_: api_page(round_, person)(),
    }.items():
        person.held_roles  # noqa: B018 -- asked once a request, whatever the page
        counts = [queries(lambda r=round_, ask=ask: ask(r)) for round_ in (few, many)]  # type: ignore[misc]
        said = "constant" if counts[0] == counts[1] else "NOT CONSTANT"
        print(f"queries of {name}: {counts[0]} for {FEW} units, {counts[1]} for {UNITS:,}  {said}")


def saving(round_: Round, by: User, *, totals: bool) -> Callable[[], int]:
    """Saves all items of one sheet in bulk, in one transaction."""
    sheet = Assessment.objects.select_related("unit", "round__criteria_set").filter(round=round_).first()
    if sheet is None:
        raise ValueError("the round has no sheet")
    criteria = list(Criterion.objects.filter(criteria_set=round_.criteria_set_id).exclude(scoring="group"))

    def save() -> int:
        with transaction.atomic():
            saved = Score.objects.bulk_create(
                [
                    Score(
                        assessment=sheet,
                        criterion=criterion,
                        stage=Score.Stage.SELF,
                        answer={"points": "0.75"},
                        points=Decimal("0.75"),
                        by=by,
                    )
                    for criterion in criteria
                ],
                update_conflicts=True,
                update_fields=["answer", "points", "version", "at"],
                unique_fields=["assessment", "criterion", "stage"],
            )
            if totals:
                store_totals(sheet, Score.Stage.SELF)
            return len(saved)

    return save


def pairs() -> Iterator[Pair]:
    rounds, few, leader = make_country()
    draft, published = (
        Round.objects.select_related("criteria_set", "unit")
        .filter(pk__in=[rounds[0].pk, rounds[-1].pk])
        .order_by("year")
    )
    say_queries(Round.objects.select_related("criteria_set", "unit").get(pk=few.pk), draft, leader)
    of_draft, of_published = ranking_table(draft), ranking_table(published)
    yield Pair(
        f"the first page of {PER_PAGE} of the draft, {UNITS:,} places worked out, against SQL on one wide row",
        lambda: _told(ranking_page(draft, of_draft)),
        lambda: _plain(_fetched(DRAFT, draft))[:PER_PAGE],
        target=1.3,
    )
    yield Pair(
        f"the whole published ranking of {UNITS:,} units for a workbook, against SQL on one wide row",
        lambda: _told(ranking_rows(published, of_published)),
        lambda: _plain(_fetched(PUBLISHED, published)),
        target=2.5,
    )
    yield Pair(
        f"the first page of {PER_PAGE} of the published ranking, against SQL on one wide row",
        lambda: _told(ranking_page(published, of_published)),
        lambda: _plain(_fetched(PUBLISHED, published))[:PER_PAGE],
        target=1.3,
    )
    yield Pair(
        f"a page of {PAGE} of the API, against SQL on one wide row",
        lambda: sorted(api_page(published, leader)()),
        lambda: sorted(orjson.loads(orjson.dumps([row[0] for row in _fetched(PUBLISHED, published)])))[:PAGE],
        target=1.3,
    )
    yield Pair(
        f"saving {GROUPS * ITEMS} items of a sheet with totals, against without",
        saving(draft, leader, totals=True),
        saving(draft, leader, totals=False),
        target=2,
    )
