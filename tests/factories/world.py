"""A row in every table for every unit of the cast, each with its unit's canary, so that a leak can be seen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from activity.models import Notification
from activity.services import record
from assessments.models import (
    Appeal,
    Assessment,
    Assignment,
    CriteriaSet,
    Criterion,
    Decision,
    Extension,
    Round,
    Score,
    Team,
    WorkbookUpload,
)
from budgets.models import Budget, LedgerEntry
from plans.models import (
    Amendment,
    CalendarFeed,
    ChasedItem,
    ChasingLetter,
    ChasingRun,
    Conclusion,
    DayOff,
    Deliverable,
    DueReport,
    Event,
    Evidence,
    Funding,
    Invitation,
    LegalBasis,
    LegalDocument,
    Obstacle,
    ObstacleStep,
    Passage,
    PilotPhase,
    PilotUnit,
    Plan,
    ProgressUpdate,
    Recipient,
    RegisterNumber,
    ReportingPeriod,
    Responsibility,
    SignatureLine,
    Standard,
    Task,
    TaskPerformer,
    TaskTarget,
)
from plans.services.feeds import digest_of
from reports.models import ReportJob
from tests.factories.corrective_actions import one_correction
from tests.factories.diagnosis import one_diagnosis, small_set
from tests.factories.inspections import one_visit
from tests.factories.systems import one_system
from tests.factories.units import Cast, make_cast
from units.models import Membership, Unit, User
from units.permissions import Role

UNITS = ("province", "department", "a", "a1", "b", "foreign")
# Who acts in each unit.
ACTORS: dict[str, str] = {
    "province": Role.PROGRAMME_OFFICER,
    "department": Role.PROGRAMME_OFFICER,
    "a": Role.UNIT_OFFICER,
    "a1": "commune",
    "b": "sibling",
    "foreign": "foreign",
}
PROVINCE_PEOPLE = (Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.ASSESSOR, Role.LEADER, Role.FINANCE)
REACH: dict[str, frozenset[str]] = {
    **dict.fromkeys(PROVINCE_PEOPLE, frozenset({"province", "department", "a", "a1", "b"})),
    **dict.fromkeys((Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.OBSERVER), frozenset({"a"})),
    "sibling": frozenset({"b"}),
    "commune": frozenset({"a1"}),
    "foreign": frozenset({"foreign"}),
    "stranger": frozenset(),
    "anonymous": frozenset(),
}
FILE = b"%PDF-1.7 a report"


def canary(unit: str) -> str:
    return f"CANARY-{unit}-"


@dataclass
class World:
    cast: Cast
    rows: dict[str, dict[str, Any]]
    sessions: dict[str, str]

    def __getitem__(self, unit: str) -> dict[str, Any]:
        return self.rows[unit]

    def sign_in(self, client: Client, person: str) -> None:
        """By the session that the person got with the world: a log-in for each of ten thousand requests takes as long
        as a fourth of them."""
        client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[person]

    def put_files(self) -> None:
        """The file of every report job, where the settings of this test keep files."""
        for rows in self.rows.values():
            path = Path(settings.REPORT_ROOT) / rows["job"].file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(FILE)
        for name, rows in self.rows.items():
            rows["material"].path.parent.mkdir(parents=True, exist_ok=True)
            rows["material"].path.write_bytes(f"{canary(name)}material".encode())


def make_world() -> World:
    cast = make_cast()
    standard = Standard.objects.create(code="TCVN ISO 9001", edition="2015")
    criteria_set = CriteriaSet.objects.create(
        slug="example",
        title="Bộ tiêu chí",
        standard=standard,
        scale=CriteriaSet.Scale.POINTS,
        status=CriteriaSet.Status.PUBLISHED,
        size=1,
        maximum=10,
    )
    group = Criterion.objects.create(
        criteria_set=criteria_set, order=1, code="1", title="Nhóm", scoring=Criterion.Scoring.GROUP, max_score=10
    )
    criterion = Criterion.objects.create(
        criteria_set=criteria_set,
        parent=group,
        order=2,
        code="1.1",
        title="Tiêu chí",
        scoring=Criterion.Scoring.YES_NO,
        max_score=10,
    )
    drafts = {name: _criteria_draft_of(cast, name, standard) for name in ("province", "foreign")}
    rounds = {}
    for name in ("province", "foreign"):
        rounds[name] = Round.objects.create(
            unit=getattr(cast, name),
            criteria_set=criteria_set,
            title=canary(name) if name == "foreign" else "Đợt đánh giá",
            year=2026,
            opens_at=datetime(2026, 1, 1, tzinfo=UTC),
            closes_at=datetime(2099, 1, 1, tzinfo=UTC),
            created_by=cast[ACTORS[name]],
        )
    decisions = {name: _decision_of(round_, name) for name, round_ in rounds.items()}
    rows = {}
    for name in UNITS:
        rows[name] = _rows_of(cast, name, standard) | {"criteria_set": criteria_set, "criterion": criterion}
        round_ = rounds["foreign" if name == "foreign" else "province"]
        rows[name] |= drafts["foreign" if name == "foreign" else "province"]
        rows[name] |= {"round": round_, **_sheet_of(cast, name, round_, criterion)}
        rows[name]["decision"] = decisions["foreign" if name == "foreign" else "province"]
    lights = small_set()
    for name in UNITS:
        holder = cast.foreign if name == "foreign" else cast.province
        by, mark = cast[ACTORS[name]], canary(name)
        rows[name] |= one_system(unit=getattr(cast, name), holder=holder, standard=standard, by=by, mark=mark)
        rows[name] |= one_correction(unit=getattr(cast, name), by=by, mark=mark)
        rows[name] |= one_visit(
            holder=holder, unit=getattr(cast, name), criterion=criterion, by=by, mark=mark, foreign=name == "foreign"
        )
        rows[name] |= one_diagnosis(holder=holder, unit=getattr(cast, name), criteria_set=lights, by=by, mark=mark)
    return World(cast, rows, {person: session_of(cast[person]) for person in REACH if person != "anonymous"})


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _criteria_draft_of(cast: Cast, name: str, standard: Standard) -> dict[str, Any]:
    """A province's draft of a criteria set: for those who edit criteria there and nobody else."""
    draft = CriteriaSet.objects.create(
        unit=getattr(cast, name),
        slug="own",
        title=f"{canary(name)}criteria",
        standard=standard,
        scale=CriteriaSet.Scale.POINTS,
        created_by=cast[ACTORS[name]],
    )
    group = Criterion.objects.create(
        criteria_set=draft, order=1, code="1", title=f"{canary(name)}group", scoring=Criterion.Scoring.GROUP
    )
    criterion = Criterion.objects.create(
        criteria_set=draft,
        parent=group,
        order=2,
        code="1.1",
        title=f"{canary(name)}criterion",
        scoring=Criterion.Scoring.YES_NO,
        max_score=10,
    )
    return {"criteria_draft": draft, "draft_criterion": criterion}


def _rows_of(cast: Cast, name: str, standard: Standard) -> dict[str, Any]:
    unit, by, mark = getattr(cast, name), cast[ACTORS[name]], canary(name)
    Membership.objects.filter(unit=unit).update(committee_title=mark)
    plan = Plan.objects.create(
        unit=unit, kind="Kế hoạch", title=f"{mark}plan", issuer=f"{mark}issuer", issue_year=2024, created_by=by
    )
    plan.standards.add(standard)
    document = _register_of(cast, name)
    LegalBasis.objects.create(plan=plan, order=1, text=f"{mark}basis", document=document)
    Passage.objects.create(plan=plan, order=1, kind=Passage.Kind.PURPOSE, text=f"{mark}purpose")
    Funding.objects.create(plan=plan, text=f"{mark}funding", amount=100)
    Responsibility.objects.create(plan=plan, order=1, body=f"{mark}body", duties=[f"{mark}duty"])
    Recipient.objects.create(plan=plan, order=1, text=f"{mark}recipient")
    SignatureLine.objects.create(plan=plan, order=1, text=f"{mark}line")
    task = Task.objects.create(plan=plan, order=1, number="1", title=f"{mark}task", deliverable=f"{mark}deliverable")
    TaskPerformer.objects.create(task=task, order=1, text=f"{mark}performer", unit=unit)
    deliverable = Deliverable.objects.create(task=task, order=0, title=f"{mark}product")
    feed = CalendarFeed.objects.create(user=by, plan=plan, prefix=f"{mark}"[:12], digest=digest_of(f"cal_{name}"))
    if name == "foreign":  # the days off of a province are for all its units to see
        DayOff.objects.create(unit=unit, day="2026-01-02", name=f"{mark}day off")
    TaskTarget.objects.create(task=task, text=f"{mark}group", kinds=["commune"], as_of="2024-10-01")
    period = ReportingPeriod.objects.create(
        plan=plan, kind="on_demand", title=f"{mark}period", start="2026-01-01", end="2026-01-31", due_on="2026-02-05"
    )
    due = DueReport.objects.create(period=period, task=task, unit=unit)
    update = ProgressUpdate.objects.create(
        task=task,
        unit=unit,
        percent=40,
        note=f"{mark}note",
        by=by,
        due_report=due,
        submitted_by=by,
        submitted_at=datetime(2026, 2, 1, tzinfo=UTC),
    )
    DueReport.objects.filter(pk=due.pk).update(latest=update)
    pilot = PilotUnit.objects.create(
        plan=plan, unit=unit, survey_score=80, survey_note=f"{mark}survey", phase="chosen", decision=f"{mark}decision"
    )
    PilotPhase.objects.create(pilot=pilot, phase="chosen", since="2024-03-01", note=f"{mark}phase", by=by)
    amendment = Amendment.objects.create(
        plan=plan,
        order=1,
        status=Amendment.Status.ISSUED,
        number="1",
        issued_on="2026-01-02",
        reason=f"{mark}reason",
        before={"title": f"{mark}before"},
        content={"title": f"{mark}after"},
        based_on=1,
        created_by=by,
    )
    budget = Budget.objects.create(plan=plan, ceiling=100, spent=10)
    entry = LedgerEntry.objects.create(
        budget=budget, amount=10, spent_on="2026-01-02", description=f"{mark}what", by=by
    )
    told = record(
        by=by, action="plans.imported", target=plan, unit_path=unit.path, changes={"title": [None, f"{mark}change"]}
    )
    notification = Notification.objects.create(event=told, to=by)
    event = Event.objects.create(
        plan=plan,
        task=task,
        kind=Event.Kind.MEETING,
        title=f"{mark}event",
        place=f"{mark}place",
        agenda=f"{mark}agenda",
        minutes=f"{mark}minutes",
        starts_at=datetime(2026, 1, 5, 1, tzinfo=UTC),
        ends_at=datetime(2026, 1, 5, 4, tzinfo=UTC),
        created_by=by,
    )
    invitation = Invitation.objects.create(event=event, unit=unit, seats=2, attended=1, names=f"{mark}names")
    conclusion = Conclusion.objects.create(event=event, order=1, text=f"{mark}conclusion", unit=unit)
    material = Evidence.objects.create(
        unit=unit,
        name=f"{mark}material.pdf",
        media_type="text/plain",
        stored_as=f"{name}-material",
        sha256=hashlib.sha256(f"{mark}material".encode()).hexdigest(),
        size=len(f"{mark}material"),
        uploaded_by=by,
    )
    event.materials.add(material)
    letter = _letter_of(unit, by, mark)
    job = ReportJob.objects.create(
        kind="progress",
        format="pdf",
        params={"plan": plan.pk},
        params_hash=name,
        title=f"{mark}job",
        requested_by=by,
        state=ReportJob.State.DONE,
        file=f"files/{name}.pdf",
        sha256=hashlib.sha256(FILE).hexdigest(),
        size=len(FILE),
    )
    return {
        "unit": unit,
        "plan": plan,
        "amendment": amendment,
        "legal_document": document,
        "pilot": pilot,
        "task": task,
        "deliverable": deliverable,
        "feed": feed,
        "update": update,
        "period": period,
        "due": due,
        "budget": budget,
        "entry": entry,
        "job": job,
    } | {
        "letter": letter,
        "event": event,
        "invitation": invitation,
        "conclusion": conclusion,
        "material": material,
        "obstacle": _obstacle_of(task, unit, by, mark),
        "notification": notification,
    }


def _obstacle_of(task: Task, unit: Unit, by: User, mark: str) -> Obstacle:
    """Open, at the standing body."""
    obstacle = Obstacle.objects.create(
        plan=task.plan,
        task=task,
        unit=unit,
        year=2026,
        number=1,
        title=f"{mark}obstacle",
        text=f"{mark}trouble",
        proposal=f"{mark}proposal",
        due_on="2099-01-01",
        raised_by=by,
    )
    ObstacleStep.objects.create(obstacle=obstacle, kind=ObstacleStep.Kind.NOTE, level=2, text=f"{mark}word", by=by)
    return obstacle


def _letter_of(unit: Unit, by: User, mark: str) -> ChasingLetter:
    """A letter of the unit to itself: its issuing people and its late people are then the same ones."""
    run = ChasingRun.objects.create(
        unit=unit, as_of="2026-01-02", respond_by="2026-01-09", symbol=f"{mark}symbol", by=by
    )
    number = RegisterNumber.objects.create(
        unit=unit, year=2026, number=1, symbol=f"{mark}symbol", subject=f"{mark}subject", by=by
    )
    letter = ChasingLetter.objects.create(
        run=run,
        unit=unit,
        addressee=unit,
        state=ChasingLetter.State.SENT,
        register_number=number,
        respond_by=run.respond_by,
        signer_name=f"{mark}signer",
        sent_at=datetime(2026, 1, 2, tzinfo=UTC),
        sent_by=by,
    )
    ChasedItem.objects.create(
        letter=letter,
        order=1,
        kind=ChasedItem.Kind.TASK,
        reference=f"task:{unit.pk}",
        addressee=unit,
        times=1,
        title=f"{mark}late",
        source=f"{mark}source",
        due_on="2025-12-31",
    )
    return letter


def _register_of(cast: Cast, name: str) -> LegalDocument:
    """A province's register is one for all its units: only the other province's bears a canary."""
    root = cast.foreign if name == "foreign" else cast.province
    abstract = f"{canary('foreign')}abstract" if name == "foreign" else "Áp dụng hệ thống quản lý chất lượng"
    return LegalDocument.objects.get_or_create(
        unit=root, key="19/2014/qd-ttg", defaults={"number": "19/2014/QĐ-TTg", "abstract": abstract}
    )[0]


def _decision_of(round_: Round, name: str) -> Decision:
    """A decision is one for all units of its round: only the other province's bears a canary."""
    return Decision.objects.create(
        round=round_,
        kind=Decision.Kind.APPROVAL,
        number=f"{canary('foreign')}number" if name == "foreign" else "12/QĐ-UBND",
        decided_on="2026-11-20",
        changes=[{"assessment": 0, "unit": f"{canary('foreign')}unit" if name == "foreign" else "Đơn vị"}],
        digest="0" * 64,
        by=round_.created_by,
    )


def _sheet_of(cast: Cast, name: str, round_: Round, criterion: Criterion) -> dict[str, Any]:
    assessment = Assessment.objects.create(
        round=round_, unit=getattr(cast, name), scored=1, total=10, group_totals={canary(name): "10.00"}
    )
    score = Score.objects.create(
        assessment=assessment,
        criterion=criterion,
        answer={"value": True},
        points=10,
        explanation=f"{canary(name)}why",
        by=cast[ACTORS[name]],
    )
    assignment = _assessor_of(cast, name, assessment)
    appeal = Appeal.objects.create(
        assessment=assessment,
        criterion=criterion,
        state=Appeal.State.OPEN,
        text=f"{canary(name)}appeal",
        raised_by=cast[ACTORS[name]],
    )
    extension = Extension.objects.create(
        assessment=assessment,
        phase="appeal",
        until=datetime(2026, 1, 2, tzinfo=UTC),
        reason=f"{canary(name)}more time",
        by=cast[ACTORS[name]],
    )
    upload = WorkbookUpload.objects.create(
        round=round_,
        assessment=assessment,
        name=f"{canary(name)}upload.xlsx",
        sha256=hashlib.sha256(f"upload of {name}".encode()).hexdigest(),
        report=[],
        by=cast[ACTORS[name]],
    )
    return {
        "assessment": assessment,
        "score": score,
        "upload": upload,
        "appeal": appeal,
        "extension": extension,
        "assignment": assignment,
        "team": assignment.team,
    }


def _assessor_of(cast: Cast, name: str, assessment: Assessment) -> Assignment:
    """A team is one for all units of its round: only the other province's bears a canary."""
    foreign = name == "foreign"
    assessor = cast["foreign"] if foreign else cast[Role.ASSESSOR]
    team, created = Team.objects.get_or_create(
        round=assessment.round, title=f"{canary(name)}team" if foreign else "Tổ thẩm định"
    )
    if created:
        team.members.add(assessor)
    return Assignment.objects.create(assessment=assessment, assessor=assessor, team=team, by=cast[ACTORS[name]])
