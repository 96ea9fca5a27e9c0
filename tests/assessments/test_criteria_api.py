"""Criteria sets written over the API: who may, what is refused, and that nobody's change is lost."""

from __future__ import annotations

import pytest

from assessments.models import CriteriaSet
from assessments.services import criteria
from tests.factories.assessments import load_sets
from tests.factories.units import make_cast
from units.permissions import Role

pytestmark = pytest.mark.django_db
URL = "/api/v1/criteria-sets/"
JSON = {"content_type": "application/json"}


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def caller(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    return client


@pytest.fixture
def draft(cast) -> CriteriaSet:
    base = load_sets()["iso9001-example"]
    return criteria.begin_draft(province=cast.province, based_on=base, by=cast[Role.PROGRAMME_OFFICER])


def send(client, method: str, url: str, data=None, tag: str | None = None):
    headers = {} if tag is None else {"If-Match": tag}
    return getattr(client, method)(url, data, headers=headers, **JSON)


def test_a_draft_is_begun_of_a_version_or_from_nothing(caller, cast):
    base = load_sets()["iso9001-example"]
    own = {"title": "Bộ của tỉnh", "standard": base.standard.code, "standard_edition": base.standard.edition}

    copied = send(caller, "post", URL, {"unit": cast.province.pk, "based_on": base.pk})
    again = send(caller, "post", URL, {"unit": cast.province.pk, "based_on": base.pk})
    new = send(caller, "post", URL, {"unit": cast.province.pk, "scale": "points"} | own)

    assert (copied.status_code, copied.json()["based_on"], copied.json()["size"]) == (201, base.pk, 23)
    assert again.status_code == 409
    assert (new.status_code, new.json()["slug"], new.json()["size"]) == (201, "bo-cua-tinh", 0)
    assert CriteriaSet.objects.filter(status="draft", unit=cast.province).count() == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"based_on": 2**40}, "based_on"),
        ({"unit": 2**40}, "unit"),
        ({"based_on": None, "title": "Bộ"}, "based_on"),
        ({"title": "Bộ"}, "title"),
        ({"slug": "x"}, "slug"),
    ],
)
def test_what_does_not_fit_is_named(caller, cast, changed, field):
    body = {"unit": cast.province.pk, "based_on": load_sets()["iso9001-example"].pk} | changed

    refused = send(caller, "post", URL, body)

    assert (refused.status_code, field in refused.json()["errors"]) == (400, True)
    assert not CriteriaSet.objects.filter(status="draft").exists()


@pytest.mark.parametrize(
    ("person", "begun", "changed", "retired"),
    [
        (Role.PROGRAMME_OFFICER, 201, 428, 200),
        (Role.UNIT_HEAD, 400, 404, 403),
        (Role.ASSESSOR, 403, 404, 403),
        (Role.OBSERVER, 400, 404, 403),
        ("stranger", 400, 404, 404),
    ],
)
def test_those_who_edit_criteria_write_and_nobody_else(client, cast, draft, person, begun, changed, retired):
    officer = cast[Role.PROGRAMME_OFFICER]
    row = draft.criteria.get(code="1.2")
    other = criteria.change_criterion(criterion=row, values={"title": "Khác"}, by=officer, expected=draft.revision)
    published = criteria.publish(criteria_set=other, by=officer, expected=other.revision)
    based = {"unit": cast.province.pk, "based_on": published.pk}
    client.force_login(cast[person])

    made = send(client, "post", URL, based)
    if made.status_code != 201:
        newer = criteria.begin_draft(province=cast.province, based_on=published, by=officer).pk
    else:
        newer = made.json()["id"]

    assert made.status_code == begun
    for method, url in (("patch", ""), ("put", "content/"), ("post", "publish/")):
        assert send(client, method, f"{URL}{newer}/{url}", {}).status_code == changed, url
    assert client.get(f"{URL}{newer}/document/").status_code == (200 if changed == 428 else 404)
    assert send(client, "post", f"{URL}{published.pk}/retire/").status_code == retired
    assert send(client, "post", f"{URL}{load_sets()['iso9001-example'].pk}/retire/").status_code in {403, 404}


def test_a_change_names_the_revision_it_was_made_of(caller, draft):
    url = f"{URL}{draft.pk}/"
    tag = caller.get(url)["ETag"]

    assert tag == f'"{draft.revision}"'
    assert send(caller, "patch", url, {"title": "Khác"}).status_code == 428
    assert send(caller, "patch", url, {"title": "Khác"}, '"99"').status_code == 412
    changed = send(caller, "patch", url, {"title": "Khác", "policy": {"decimals": 9}}, tag)
    assert (changed.status_code, "policy" in changed.json()["errors"]) == (422, True)
    assert caller.get(url).json()["title"] == draft.title  # both or neither
    policy = {"ceiling": "100"}
    changed = send(caller, "patch", url, {"title": "Khác", "policy": policy}, tag)

    assert (changed.status_code, changed.json()["title"], changed.json()["policy"]) == (200, "Khác", policy)
    assert changed["ETag"] == f'"{changed.json()["revision"]}"' != tag
    assert send(caller, "patch", url, {"title": "Nữa"}, tag).status_code == 412


def test_a_document_comes_back_changed(caller, draft):
    url = f"{URL}{draft.pk}/"
    answer = caller.get(f"{url}document/")
    document, tag = answer.json(), answer["ETag"]
    assert send(caller, "put", f"{url}content/", document, tag).json() == {"changes": []}
    assert caller.get(url)["ETag"] == tag
    criterion = next(each for each in document["criteria"] if each["code"] == "1.2")
    criterion["title"] = "Tiêu chí đã sửa"

    checked = send(caller, "put", f"{url}content/?check=1", document)

    assert (checked.status_code, len(checked.json()["changes"])) == (200, 1)
    assert draft.criteria.get(code="1.2").title != "Tiêu chí đã sửa"
    assert send(caller, "put", f"{url}content/", document).status_code == 428
    assert send(caller, "put", f"{url}content/", document, '"99"').status_code == 412
    saved = send(caller, "put", f"{url}content/", document, tag)
    assert (saved.status_code, saved.json()) == (200, checked.json())
    assert saved["ETag"] == caller.get(url)["ETag"] != tag
    assert draft.criteria.get(code="1.2").title == "Tiêu chí đã sửa"


@pytest.mark.parametrize("check", ["", "?check=1"])
def test_every_problem_of_a_document_is_told_and_nothing_saved(caller, draft, check):
    url = f"{URL}{draft.pk}/"
    document = caller.get(f"{url}document/").json()
    document["criteria"][1]["scoring"] = "dice"
    document["criteria"][2]["parent"] = "không có"
    document["scale"] = "stars"
    before = list(draft.criteria.values_list("code", "title"))

    refused = send(caller, "put", f"{url}content/{check}", document, f'"{draft.revision}"')

    assert refused.status_code == 422
    assert {"scale", "criteria[1].scoring"} <= refused.json()["errors"].keys()
    assert list(draft.criteria.values_list("code", "title")) == before
    assert send(caller, "put", f"{url}content/", [1], f'"{draft.revision}"').status_code == 422
    assert send(caller, "put", f"{url}content/?dry=1", document).status_code == 400


def test_a_draft_is_published_when_nothing_keeps_it_and_retired_once(caller, cast, draft):
    url = f"{URL}{draft.pk}/"
    row = draft.criteria.get(code="1.2")
    draft.criteria.filter(pk=row.pk).update(max_score=None)
    broken = send(caller, "post", f"{url}publish/", tag="*")
    draft.criteria.filter(pk=row.pk).update(max_score=row.max_score, title="Khác")

    assert (broken.status_code, "1.2" in broken.json()["errors"]) == (422, True)
    assert send(caller, "post", f"{url}publish/").status_code == 428
    assert send(caller, "post", f"{url}publish/", tag='"99"').status_code == 412
    published = send(caller, "post", f"{url}publish/", tag=f'"{draft.revision}"')
    assert (published.status_code, published.json()["status"]) == (200, "published")
    assert send(caller, "post", f"{url}publish/", tag="*").status_code == 409
    assert send(caller, "patch", url, {"title": "x"}, "*").status_code == 409
    assert send(caller, "put", f"{url}content/", {}, "*").status_code == 409
    retired = send(caller, "post", f"{url}retire/")
    assert (retired.status_code, retired.json()["status"]) == (200, "retired")
    assert send(caller, "post", f"{url}retire/").status_code == 409
