"""What a sheet says in words and numbers, the same for page, report and API."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from assessments import scoring
from assessments.contexts import answer_text, arithmetic_text, assessment_result, criteria_tree, refusal_text
from assessments.contexts.wording import REFUSALS
from assessments.models import Assessment
from tests.assessments.test_scoring import BANDS, DEADLINE, EACH, ITEMS, LEVELS, RAG, RATIO, RATIO_OR_NONE, YES_NO


@pytest.mark.parametrize(
    ("rule", "answer", "said", "arithmetic"),
    [
        (YES_NO, {"value": True}, "Có", "Có = 3,00"),
        (LEVELS, {"level": 1}, "mức 1.5", "mức 1.5 = 1,50"),
        (RATIO, {"done": 109, "of": 118}, "109/118", "109/118 = 92,37\u00a0% × 8 = 7,39"),
        (RATIO, {"done": 60, "of": 118}, "60/118", "60/118 = 50,85\u00a0% < 70\u00a0% = 0,00"),
        (RATIO_OR_NONE, {"none": True}, "không có điểm không phù hợp", "không có điểm không phù hợp = 5,00"),
        (BANDS, {"percent": "97,5"}, "97,5\u00a0%", "97,5\u00a0% ≥ 95\u00a0% = 6,00"),
        (EACH, {"count": 4}, "4 tài liệu", "4 tài liệu × 1 = 4,00"),
        (ITEMS, {"items": [0, 2]}, "a; c", "2,00 + 1,00 = 3,00"),
        (ITEMS, {"items": []}, "Không có mục nào", "0 = 0,00"),
        (DEADLINE, {"days_late": 0}, "Đúng hạn", "Đúng hạn = 4,00"),
        (DEADLINE, {"days_late": 12}, "Chậm 12 ngày", "Chậm 12 ngày, không quá 30 ngày = 2,00"),
        (DEADLINE, {"days_late": 45}, "Chậm 45 ngày", "Chậm 45 ngày, quá 30 ngày = 0,00"),
        (DEADLINE, {"never": True}, "Không thực hiện", "Không thực hiện = 0,00"),
        (RAG, {"light": "red"}, "Đỏ", "Đỏ"),
        (RATIO, {}, "", ""),
    ],
)
def test_answers_and_arithmetic_in_vietnamese(rule, answer, said, arithmetic):
    result = scoring.score(rule, answer)

    with translation.override("vi"):
        assert (answer_text(result), arithmetic_text(result)) == (said, arithmetic)


def test_english_writes_a_point_and_no_space_before_the_percent_sign():
    with translation.override("en"):
        assert arithmetic_text(scoring.score(RATIO, {"done": 109, "of": 118})) == "109/118 = 92.37% × 8 = 7.39"


def test_every_refusal_has_its_words():
    assert set(REFUSALS) == set(scoring.InvalidAnswer.MESSAGES)
    with translation.override("vi"):
        said = refusal_text(scoring.InvalidAnswer("whole", "done", most=1_000_000_000))
    assert "1.000.000.000" in said


def test_a_result_is_one_value_with_its_sums(sheets, django_assert_num_queries):
    sheets.save("1.1", {"days_late": 0})
    sheets.save("1.3", {"level": 1}, explanation="thiếu danh sách")
    sheets.save("2.1", {"done": 109, "of": 118})
    assessment = Assessment.objects.with_sheet_head().get(pk=sheets.points.pk)

    with django_assert_num_queries(2):
        result = assessment_result(assessment)

    assert (result.total, result.maximum, result.reachable, result.unreached) == (
        Decimal("12.89"), Decimal(100), Decimal(15), Decimal(85),
    )  # fmt: skip
    assert (result.scored, result.of, result.missing, len(result.lines)) == (3, 23, 20, 23)
    assert [(group.points, group.running) for group in result.groups[:3]] == [
        (Decimal("5.50"), Decimal("5.50")),
        (Decimal("7.39"), Decimal("12.89")),
        (None, Decimal("12.89")),
    ]
    assert result.groups[0].addends == [Decimal("4.00"), Decimal("1.50")]
    assert result.groups[0].lines[2].explanation == "thiếu danh sách"
    assert result.first_missing.code == "1.2"


def test_titles_follow_the_reader(sheets):
    assessment = Assessment.objects.with_sheet_head().get(pk=sheets.lights.pk)

    titles = {}
    for language in ("vi", "en"):
        with translation.override(language):
            titles[language] = assessment_result(assessment).groups[1].title

    assert titles == {"vi": "Phát triển kinh tế bền vững", "en": "Sustainable economic development"}


def test_an_answer_that_was_edited_by_hand_is_still_shown(sheets):
    score = sheets.save("2.1", {"done": 1, "of": 2})
    type(score).objects.update(answer={"thing": 1})
    assessment = Assessment.objects.with_sheet_head().get(pk=sheets.points.pk)

    line = next(line for line in assessment_result(assessment).lines if line.code == "2.1")

    assert (line.points, line.arithmetic) == (score.points, "")


def test_the_rules_of_a_set_in_words(sheets):
    with translation.override("vi"):
        lines = {line.code: line for group in criteria_tree(sheets.sets["iso9001-example"]) for line in group.lines}

    assert lines["1.1"].numbers == [
        "đúng hạn: 4,00", "chậm không quá 30 ngày: 2,00", "chậm hơn hoặc không thực hiện: 0,00",
    ]  # fmt: skip
    assert lines["3.2"].numbers[1] == "từ 95\u00a0%: 6,00"
    assert "dưới 70\u00a0%: 0,00" in lines["2.1"].numbers
    assert (lines["2.2"].assumed, lines["1.1"].assumed) == (True, False)
