"""How an answer becomes points or a light: exact decimals, two places, half up. Pure: knows no database and no page.

A rule's numbers are data (`Rule.parameters`); points in them are texts ("1.5"), so that JSON makes no floats of them:

    kind      parameters                                                answer
    yes_no    {}                                                        {"value": true}
    levels    {"levels": [{"points": "0", "label": "…"}, …]}            {"level": 1}, the level's place
    ratio     {"floor": "70", "none": "…"}                              {"done": 109, "of": 118} or {"none": true}
    bands     {"bands": [{"from": "98", "points": "8"}, …]}             {"percent": "97.5"}
    count     {"each": "1", "most": 5, "noun": "…"}                     {"count": 4}
              {"items": [{"points": "2", "label": "…"}, …]}             {"items": [0, 2]}, the items' places
    deadline  {"steps": [{"days": 0, "points": "4"}, …]}                {"days_late": 12} or {"never": true}
    rag       {}                                                        {"light": "green"}

`floor`: a share in percent under which nothing is given. `none`: what is true when there was nothing to measure; then
the full points are given. After the last step of a deadline, and under the lowest band, nothing is given.
`done`, `of` and `noun` say what is counted; `assumed` that the rule's text does not give these numbers. Neither scores.
An empty answer is no answer: it has no points, which is not the same as 0.
"""

from __future__ import annotations

from assessments.scoring.kinds import score
from assessments.scoring.rule import InvalidAnswer, InvalidRule, Kind, Result, Rule, Step, half_up
from assessments.scoring.soundness import check
from assessments.scoring.sums import Sum, Totals, totals

__all__ = [
    "InvalidAnswer",
    "InvalidRule",
    "Kind",
    "Result",
    "Rule",
    "Step",
    "Sum",
    "Totals",
    "check",
    "half_up",
    "score",
    "totals",
]
