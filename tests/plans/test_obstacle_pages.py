"""The pages of obstacles: the list, raising, one obstacle with its forms, the panel of a task."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from plans.models import Evidence, Obstacle
from plans.services import obstacles as services
from tests.factories.evidence import evidence_of, pdf, upload
from tests.factories.obstacles import ObstacleFactory, answered
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role

LIST = "plans:obstacles"


def url_of(obstacle: Obstacle, act: str = "") -> str:
    return reverse(f"plans:obstacle_{act}" if act else "plans:obstacle", args=[obstacle.pk])


@pytest.fixture
def obstacle(cast) -> Obstacle:
    plan = PlanFactory(unit=cast.province)
    task = task_of(plan, cast.a)
    return ObstacleFactory(plan=plan, task=task, unit=cast.a, title="Thiếu phòng", raised_by=cast[Role.UNIT_OFFICER])


# -- The list ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_queries_for_any_number(cast, client, rows, django_assert_num_queries):
    for _ in range(rows):
        plan = PlanFactory(unit=cast.province)
        ObstacleFactory(plan=plan, task=task_of(plan, cast.a), unit=cast.a)
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    client.get(reverse(LIST))

    with django_assert_num_queries(11):
        response = client.get(reverse(LIST))

    assert len(response.context["rows"]) == rows


def test_the_list_is_narrowed_and_sorted(cast, client):
    plan, today = PlanFactory(unit=cast.province), timezone.localdate()
    late = ObstacleFactory(plan=plan, unit=cast.a, title="Chậm", due_on=today - timedelta(days=2))
    high = ObstacleFactory(plan=plan, unit=cast.b, title="Cao", level=4, due_on=today + timedelta(days=30))
    closed = ObstacleFactory(plan=plan, unit=cast.a, title="Xong", state=Obstacle.State.CLOSED)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    def found(**query):
        return [row.obstacle for row in client.get(reverse(LIST), query).context["rows"]]

    assert found() == [late, high]
    assert found(sort="-due") == [high, late]
    assert found(state="late") == [late]
    assert found(state="closed") == [closed]
    assert set(found(state="all")) == {late, high, closed}
    assert found(level="4") == [high]
    assert found(unit=cast.b.pk) == [high]
    assert found(q="cao") == [high]
    assert found(level="9") == [late, high]


# -- Raising -----------------------------------------------------------------------------------------------------------
def test_an_obstacle_is_raised_from_a_task_with_files(cast, client):
    task = task_of(PlanFactory(unit=cast.province), cast.a)
    earlier = evidence_of(cast.a, cast[Role.UNIT_OFFICER], content=pdf(b"(earlier)"))
    client.force_login(cast[Role.UNIT_OFFICER])
    url = f"{reverse('plans:obstacle_new')}?task={task.pk}"
    assert client.get(url).status_code == 200

    response = client.post(
        url,
        {
            "unit": cast.a.pk,
            "title": "Thiếu người",
            "text": "Chưa có ai",
            "level": 2,
            "files": [upload(), upload("b.pdf", pdf(b"(b)"))],
            "earlier": [earlier.pk],
        },
    )

    obstacle = Obstacle.objects.get()
    assert response.headers["Location"] == url_of(obstacle)
    assert obstacle.task == task
    assert obstacle.evidence.count() == 3


def test_a_form_that_lacks_words_comes_back_with_what_was_typed(cast, client):
    task = task_of(PlanFactory(unit=cast.province), cast.a)
    client.force_login(cast[Role.UNIT_OFFICER])

    response = client.post(
        f"{reverse('plans:obstacle_new')}?task={task.pk}", {"unit": cast.a.pk, "title": "Chỉ có tên", "level": 2}
    )

    assert response.status_code == 422
    assert "Chỉ có tên" in response.content.decode()


@pytest.mark.parametrize(
    ("person", "status"), [(Role.UNIT_OFFICER, 200), (Role.OBSERVER, 403), ("sibling", 404), ("foreign", 404)]
)
def test_who_may_raise_on_a_task(cast, client, person, status):
    task = task_of(PlanFactory(unit=cast.province), cast.a)
    client.force_login(cast[person])

    assert client.get(f"{reverse('plans:obstacle_new')}?task={task.pk}").status_code == status


def test_files_of_another_unit_cannot_be_chosen(cast, client):
    task = task_of(PlanFactory(unit=cast.province), cast.a)
    theirs = evidence_of(cast.b, cast["sibling"])
    client.force_login(cast[Role.UNIT_OFFICER])

    response = client.post(
        f"{reverse('plans:obstacle_new')}?task={task.pk}",
        {"unit": cast.a.pk, "title": "a", "text": "b", "level": 2, "earlier": [theirs.pk]},
    )

    assert response.status_code == 422
    assert not Obstacle.objects.exists()


# -- One obstacle ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("steps", [1, 3])
def test_the_page_costs_the_same_queries_for_any_number_of_steps(
    cast, client, obstacle, steps, django_assert_num_queries
):
    for number in range(steps):
        file = evidence_of(cast.a, cast[Role.UNIT_OFFICER], content=pdf(b"(%d)" % number))
        services.note_obstacle(obstacle=obstacle, text="Ghi", evidence=[file], by=cast[Role.UNIT_OFFICER])
    client.force_login(cast[Role.UNIT_OFFICER])
    client.get(url_of(obstacle))

    with django_assert_num_queries(9):
        response = client.get(url_of(obstacle))

    assert len(response.context["page"].steps) == steps


@pytest.mark.parametrize(
    ("person", "acts"),
    [
        (Role.PROGRAMME_OFFICER, {"answer", "direct", "escalate", "note"}),
        (Role.LEADER, {"escalate", "note"}),
        (Role.UNIT_OFFICER, {"note"}),
        (Role.OBSERVER, set()),
    ],
)
def test_each_person_is_offered_what_they_may_do(cast, client, obstacle, person, acts):
    client.force_login(cast[person])

    assert set(client.get(url_of(obstacle)).context["forms"]) == acts


def test_it_is_answered_with_a_file_and_closed(cast, client, obstacle):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    response = client.post(
        url_of(obstacle, "answer"), {"text": "Mượn hội trường", "version": 1, "files": [upload()], "document": ""}
    )
    assert response.status_code == 302
    assert obstacle.steps.get().evidence.get().unit == cast.province

    client.force_login(cast[Role.UNIT_OFFICER])
    page = client.get(url_of(obstacle))
    assert "Mượn hội trường" in page.content.decode()
    file = client.get(reverse("plans:evidence", args=[Evidence.objects.get().pk]))
    assert b"".join(file.streaming_content) == pdf()
    assert client.post(url_of(obstacle, "close"), {"version": 2}).status_code == 302
    obstacle.refresh_from_db()
    assert obstacle.state == Obstacle.State.CLOSED


def test_a_direction_is_given_and_its_first_unit_leads(cast, client, obstacle):
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    response = client.post(
        url_of(obstacle, "direct"),
        {"title": "Bố trí phòng", "units": [cast.b.pk, cast.a.pk], "due_on": "2026-12-31", "version": 1},
    )

    assert response.status_code == 302
    task = obstacle.steps.get().task
    assert list(task.performers.values_list("unit", "role")) == [(cast.b.pk, "lead"), (cast.a.pk, "support")]
    assert task.title in client.get(url_of(obstacle)).content.decode()


def test_who_writes_on_an_older_page_keeps_what_they_wrote_and_reads_the_new(cast, client, obstacle):
    answered(obstacle, cast[Role.ADMINISTRATOR], "Của người khác")
    Obstacle.objects.update(version=2)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    response = client.post(url_of(obstacle, "answer"), {"text": "Của tôi", "version": 1})

    page = response.content.decode()
    assert response.status_code == 409
    assert "Của tôi" in page
    assert "Của người khác" in page
    form = response.context["forms"]["answer"]
    again = client.post(url_of(obstacle, "answer"), {"text": "Của tôi", "version": form["version"].value()})
    assert again.status_code == 302
    assert obstacle.steps.count() == 2


@pytest.mark.parametrize(("person", "status"), [(Role.OBSERVER, 403), (Role.LEADER, 403), ("sibling", 404)])
def test_who_may_not_answer_is_told_so(cast, client, obstacle, person, status):
    client.force_login(cast[person])

    assert client.post(url_of(obstacle, "answer"), {"text": "x", "version": 1}).status_code == status
    assert not obstacle.steps.exists()


def test_what_stands_in_the_way_is_escaped(cast, client, obstacle):
    Obstacle.objects.update(title="<script>alert(1)</script>", text="{{7*7}}<img src=x onerror=alert(1)>")
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    page = client.get(url_of(obstacle)).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{7*7}}" in page


# -- The panel ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 3])
def test_the_panel_of_a_task_costs_the_same_queries(cast, client, rows, django_assert_num_queries):
    plan = PlanFactory(unit=cast.province)
    task = task_of(plan, cast.a)
    ObstacleFactory.create_batch(rows, plan=plan, task=task, unit=cast.a)
    ObstacleFactory(plan=plan, unit=cast.a, title="Của cả kế hoạch")
    client.force_login(cast[Role.UNIT_OFFICER])
    url = reverse("plans:obstacle_panel")
    client.get(url, {"task": task.pk})

    with django_assert_num_queries(6):
        response = client.get(url, {"task": task.pk})

    assert len(response.context["rows"]) == rows
    assert f"?task={task.pk}" in response.content.decode()
    assert len(client.get(url, {"plan": plan.pk}).context["rows"]) == rows + 1
