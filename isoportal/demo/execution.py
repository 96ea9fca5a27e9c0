"""The everyday of the plans: periods, reports at each stage, obstacles, an event, letters. Made up, and marked DEMO."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils import timezone

from plans.contexts.lateness import late_items
from plans.models import DueReport, Event, Obstacle, PilotUnit, Plan, ProgressUpdate, Task
from plans.period import VIETNAM
from plans.services import accept_progress, assign_unit, report_progress, return_progress
from plans.services.chasing import chase
from plans.services.conclusions import add_conclusion
from plans.services.events import hold_event, plan_event, record_minutes
from plans.services.invitations import invite_units, record_attendance
from plans.services.letters import send_letters
from plans.services.obstacles import answer_obstacle, escalate_obstacle, raise_obstacle
from plans.services.pilots import choose_pilots, record_survey, set_phase
from plans.services.reporting import ask_for_reports, make_periods, set_reporting
from units.models import Unit, User

DEMO = "DEMO: số liệu minh họa"


def run_day(*, pilot: Plan, yearly: Plan, people: dict[str, User]) -> None:
    """Only once: the yearly plan's reporting is what tells whether it was done."""
    if yearly.periods.exists():
        return
    report_by_quarter(yearly, people)
    raise_obstacles(yearly, people)
    hold_training(yearly, people)
    survey_pilots(pilot, people)
    chase_the_late(pilot, people)


def report_by_quarter(plan: Plan, people: dict[str, User]) -> None:
    """Reports of the training task in the last quarter of 2024 at each stage: accepted, sent, returned, drafted."""
    officer, district = people["officer"], people["district"]
    set_reporting(plan=plan, reporting=Plan.Reporting.QUARTER, days=10, by=officer)
    make_periods(plan=plan, until=datetime.date(2024, 12, 31), by=officer)
    training = Task.objects.get(plan=plan, number="3")
    due = list(
        DueReport.objects.filter(task=training, unit__kind=Unit.Kind.DISTRICT)
        .exclude(unit__code="223")
        .exclude(updates__isnull=False)
        .select_related("period", "unit", "task")
        .order_by("period__due_on", "unit__code")
    )
    said = [
        (due[0], 100, "Đã cử 24/24 cán bộ tham dự."),
        (due[1], 80, "Đã cử 16/20 cán bộ, còn 4 người vắng."),
        (due[2], 50, "Mới tham dự ngày thứ nhất."),
    ]
    sent = [
        report_progress(
            task=training,
            unit=report.unit,
            percent=percent,
            note=f"{DEMO}. {words}",
            by=people["admin"],
            due_report=report,
        )
        for report, percent, words in said
    ]
    accept_progress(update=sent[0], by=officer)
    return_progress(update=sent[2], note="DEMO: bổ sung danh sách cán bộ tham dự.", by=officer)
    own = DueReport.objects.filter(task=training, unit__code="223").select_related("unit").order_by("period__due_on")
    if (report := own.first()) and not ProgressUpdate.objects.filter(due_report=report).exists():
        report_progress(
            task=training,
            unit=report.unit,
            percent=75,
            note=f"{DEMO}. Đã cử 18/24 cán bộ tham dự.",
            by=district,
            due_report=report,
            submit=False,
        )


def raise_obstacles(plan: Plan, people: dict[str, User]) -> None:
    if Obstacle.objects.filter(plan=plan).exists():
        return
    district, officer = people["district"], people["officer"]
    training = Task.objects.get(plan=plan, number="3")
    hiep_hoa = Unit.objects.get(kind=Unit.Kind.DISTRICT, code="223", valid_from=None)
    raise_obstacle(
        plan=plan,
        task=training,
        unit=hiep_hoa,
        title="Chưa có tài khoản chấm điểm cho thư ký ISO cấp xã (DEMO)",
        text="DEMO: thư ký ISO các xã chưa có tài khoản nên chưa thực hành được trên phần mềm.",
        proposal="Đề nghị cấp tài khoản trước ngày tập huấn.",
        by=district,
    )
    answered = raise_obstacle(
        plan=plan,
        task=training,
        unit=hiep_hoa,
        title="Quy trình liên thông chưa có mẫu thống nhất (DEMO)",
        text="DEMO: quy trình liên thông giữa cấp huyện và cấp xã chưa có mẫu.",
        by=district,
    )
    answer_obstacle(obstacle=answered, text="DEMO: mẫu quy trình sẽ được gửi trong tháng 11.", by=officer)
    higher = raise_obstacle(
        plan=plan,
        unit=hiep_hoa,
        title="Thiếu kinh phí duy trì hệ thống ở cấp xã (DEMO)",
        text="DEMO: dự toán của các xã chưa có nội dung duy trì hệ thống quản lý chất lượng.",
        by=district,
    )
    escalate_obstacle(obstacle=higher, text="DEMO: vượt thẩm quyền của cơ quan thường trực.", by=officer)


def hold_training(plan: Plan, people: dict[str, User]) -> None:
    if Event.objects.filter(plan=plan).exists():
        return
    officer = people["officer"]
    training = Task.objects.get(plan=plan, number="3")
    districts = Unit.objects.filter(performs__in=training.performers.filter(as_written=False)).order_by("code")
    begins = datetime.datetime(2024, 10, 8, 8, 0, tzinfo=VIETNAM)
    event = plan_event(
        plan=plan,
        task=training,
        kind=Event.Kind.TRAINING,
        title="Hội nghị tập huấn chấm điểm trên phần mềm cho cấp tỉnh, cấp huyện (DEMO)",
        place="Hội trường (DEMO)",
        starts_at=begins,
        ends_at=begins + datetime.timedelta(hours=9),
        by=officer,
    )
    invitations = invite_units(event=event, units=districts, seats=2, by=officer)
    for invitation in invitations[:4]:
        record_attendance(invitation=invitation, attended=2, names="", version=invitation.version, by=officer)
    event.refresh_from_db()
    event = hold_event(event=event, version=event.version, by=officer)
    event.refresh_from_db()
    record_minutes(event=event, minutes="DEMO: nội dung biên bản minh họa.", version=event.version, by=officer)
    add_conclusion(
        event=event,
        text="DEMO: các huyện hoàn thành tự chấm điểm trước ngày 31/10/2024.",
        unit=None,
        due_on=datetime.date(2024, 10, 31),
        by=officer,
    )


def survey_pilots(plan: Plan, people: dict[str, User]) -> None:
    """The document names no pilot unit: these are the demo's."""
    if plan.pilot_units.exists():
        return
    officer = people["officer"]
    scores = {"477": "82.5", "479": "78", "480": "64.5"}
    units = {each.code: each for each in Unit.objects.filter(parent=plan.unit, kind=Unit.Kind.DISTRICT)}
    for code, score in scores.items():
        record_survey(
            plan=plan,
            unit=units[code],
            score=Decimal(score),
            note=DEMO,
            day=datetime.date(2023, 7, 10),
            by=officer,
        )
    best = [units["477"], units["479"]]
    first, *_others = choose_pilots(
        plan=plan,
        units=best,
        decision="DEMO: quyết định minh họa",
        decided_on=datetime.date(2023, 7, 31),
        by=officer,
    )
    set_phase(
        pilot=first,
        phase=PilotUnit.Phase.BUILDING,
        since=datetime.date(2023, 8, 15),
        note=DEMO,
        version=first.version,
        by=officer,
    )
    for task in Task.objects.filter(plan=plan, number__in=["3", "4"]):
        for unit in best:
            assign_unit(task=task, unit=unit, by=officer)
    ask_for_reports(
        plan=plan,
        title="Báo cáo tiến độ thí điểm (DEMO)",
        start=datetime.date(2023, 11, 1),
        end=datetime.date(2023, 11, 30),
        due_on=datetime.date(2023, 12, 5),
        by=officer,
    )


def chase_the_late(plan: Plan, people: dict[str, User]) -> None:
    """One letter that was sent, so that the register, the letter page and the unit's home show something."""
    officer = people["officer"]
    as_of = timezone.localdate()
    items = late_items(user=officer, as_of=as_of, plan=plan)
    if not items:
        return
    first = items[0].unit
    chased = chase(
        unit=plan.unit,
        items=[each for each in items if each.unit == first],
        as_of=as_of,
        respond_by=as_of + datetime.timedelta(days=14),
        symbol="UBND-KGVX (DEMO)",
        signer_lines=["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
        signer_name="(DEMO)",
        by=officer,
    )
    send_letters(letters=chased.letters, by=officer)
