"""The two sets that come with the portal, and loading them again, changed and broken."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from activity.models import AuditEvent
from assessments.models import CriteriaSet, Criterion
from assessments.services import BUNDLED, CriteriaFileInvalid, load_criteria_set
from tests.factories.assessments import load_sets

pytestmark = pytest.mark.django_db


@pytest.fixture
def copied(tmp_path):
    """The example set in files of the test's own."""
    for path in BUNDLED:
        shutil.copy(path, tmp_path)
        shutil.copy(path.with_suffix(".csv"), tmp_path)
    return tmp_path / "iso9001_criteria_example.json"


def rewrite(path, old: str, new: str):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_39_indicators_stand_in_four_quadrants():
    criteria_set = load_sets()["iso18091-2019"]

    groups = criteria_set.criteria.filter(parent=None)
    assert [(group.code, group.children.count()) for group in groups] == [("I", 10), ("II", 8), ("III", 12), ("IV", 9)]
    assert groups[2].title == "Phát triển xã hội bao trùm"
    assert groups[2].title_en == "Inclusive social development"
    assert (criteria_set.size, criteria_set.maximum) == (39, None)
    assert (criteria_set.standard.code, criteria_set.standard.edition) == ("TCVN ISO 18091", "2020")
    indicator = criteria_set.criteria.get(code="3.12")
    assert (indicator.title, indicator.scoring) == ("Trẻ em, thanh niên và người cao tuổi", Criterion.Scoring.RAG)
    assert indicator.sdg == "1,2,3,4,5,8,11,13"


def test_the_example_has_100_points_and_says_that_it_is_an_example():
    criteria_set = load_sets()["iso9001-example"]

    groups = criteria_set.criteria.filter(parent=None)
    assert [(group.code, group.max_score) for group in groups] == [
        (code, Decimal(points))
        for code, points in zip(
            ["I", "II", "III", "IV", "V", "VI", "VII", "VIII"], [12, 22, 22, 8, 18, 8, 6, 4], strict=True
        )
    ]
    for group in groups:
        assert sum(child.max_score for child in group.children.all()) == group.max_score
    assert (criteria_set.size, criteria_set.maximum) == (23, Decimal(100))
    assert "không phải bộ chính thức của tỉnh nào" in criteria_set.note
    assert criteria_set.criteria.get(code="1.1").parameters == {
        "steps": [{"days": 0, "points": "4"}, {"days": 30, "points": "2"}]
    }
    assert criteria_set.criteria.get(code="2.2").parameters["assumed"] is True


def test_the_same_content_is_the_same_version(copied):
    first = load_criteria_set(path=copied, by=None)
    copied.write_text(json.dumps(json.loads(copied.read_text("utf-8")), indent=7), "utf-8")

    assert load_criteria_set(path=copied, by=None) == first
    assert AuditEvent.objects.filter(action="assessments.criteria_published").count() == 1


def test_changed_content_is_a_new_version_and_the_published_one_stays(copied):
    first = load_criteria_set(path=copied, by=None)
    before = list(first.criteria.values())
    rewrite(copied.with_suffix(".csv"), "Bố trí kinh phí", "Bố trí kinh phí hằng năm")

    second = load_criteria_set(path=copied, by=None)

    assert (first.version, second.version) == (1, 2)
    assert second.criteria.get(code="1.4").title == "Bố trí kinh phí hằng năm"
    assert list(first.criteria.values()) == before
    first.refresh_from_db()
    assert first.status == CriteriaSet.Status.PUBLISHED
    assert AuditEvent.objects.get(target_id=str(second.pk), action="assessments.criteria_published").changes[
        "version"
    ] == [1, 2]


@pytest.mark.parametrize(
    ("suffix", "old", "new"),
    [
        (".json", '"points": "4"', '"points": "5"'),  # more than the maximum
        (".json", '"scale": "points"', '"scale": "stars"'),
        (".json", '"slug"', '"slog"'),
        (
            ".json",
            "{",
            "",
        ),
        (".csv", ",deadline,", ",guess,"),
        (".csv", "1.4,I,", "1.4,IX,"),
        (".csv", "max_score", "points"),
    ],
)
def test_a_broken_file_stores_nothing(copied, suffix, old, new):
    rewrite(copied.with_suffix(suffix), old, new)

    with pytest.raises(CriteriaFileInvalid) as refusal:
        load_criteria_set(path=copied, by=None)

    assert copied.name in str(refusal.value)
    assert not CriteriaSet.objects.exists()
    assert not AuditEvent.objects.exists()


def test_the_command_loads_both_and_says_what_is_wrong(capsys, tmp_path):
    call_command("load_criteria")
    call_command("load_criteria")

    assert sorted(CriteriaSet.objects.values_list("slug", "version")) == [("iso18091-2019", 1), ("iso9001-example", 1)]
    assert "23" in capsys.readouterr().out
    with pytest.raises(CommandError, match=r"none\.json"):
        call_command("load_criteria", str(tmp_path / "none.json"))


def test_the_check_names_what_was_changed_behind_the_back_of_the_portal(capsys):
    set_ = load_sets()["iso9001-example"]
    call_command("check_criteria")
    assert capsys.readouterr().err == ""
    set_.criteria.filter(code="1.2").update(title="Sửa thẳng vào cơ sở dữ liệu")

    with pytest.raises(CommandError, match="1 published"):
        call_command("check_criteria")

    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "iso9001-example v1" in said[0]
    assert set_.digest in said[0]
    set_.criteria.filter(code="1.2").update(title=set_.criteria.get(code="1.1").title)
    CriteriaSet.objects.filter(pk=set_.pk).update(status="draft")
    call_command("check_criteria")  # a draft promised nothing
