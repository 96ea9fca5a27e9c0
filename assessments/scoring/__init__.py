"""How an answer becomes points or a light, and answers a total, a grade and a place. Exact decimals.

Pure: knows no database and no page.

A rule's numbers are data (`Rule.parameters`); points in them are texts ("1.5"), so that JSON makes no floats of them:

    kind      parameters                                                answer
    yes_no    {}                                                        {"value": true}
    levels    {"levels": [{"points": "0", "label": "…"}, …]}            {"level": 1}, the level's place
    ratio     {"floor": "70", "none": "…"}                              {"done": 109, "of": 118} or {"none": true}
    bands     {"bands": [{"from": "98", "points": "8"}, …]}             {"percent": "97.5"}
    count     {"each": "1", "most": 5, "noun": "…"}                     {"count": 4}
              {"items": [{"points": "2", "label": "…"}, …]}             {"items": [0, 2]}, the items' places
    deadline  {"steps": [{"days": 0, "points": "4"}, …]}                {"days_late": 12} or {"never": true}
    points    {} or {"step": "0.5"}                                     {"points": "2.5"}
    rag       {}                                                        {"light": "green"}
    measured  {"unit": "%", "green": "95", "yellow": "75",              {"value": "96.2"}
               "higher_is_better": true}
    roll_up   {}                                                        {"light": "green"}, instead of the worst part
    each, if the rule is skippable                                      {"not_applicable": true}

`floor`: a share in percent under which nothing is given. `none`: what is true when there was nothing to measure; then
the full points are given. After the last step of a deadline, and under the lowest band, nothing is given.
`done`, `of` and `noun` say what is counted; `assumed` that the rule's text does not give these numbers. Neither scores.
An empty answer is no answer: it has no points, which is not the same as 0.

`outcome` makes the totals of a sheet by the policy of its set (see `policy`), `rank` the places of many.
"""

from __future__ import annotations

from assessments.scoring.account import Account, Node
from assessments.scoring.exact import Mode
from assessments.scoring.kinds import score
from assessments.scoring.lights import roll_up, sub_indicators, worst
from assessments.scoring.outcome import Outcome, Sum, outcome
from assessments.scoring.policy import (
    DEFAULT_POLICY,
    Grade,
    GradeOn,
    KnockedOut,
    KnockOut,
    NotApplicable,
    Policy,
    Rounding,
    read_policy,
)
from assessments.scoring.ranking import Entry, Place, rank
from assessments.scoring.rule import (
    LIGHTS,
    LIT,
    Counts,
    Group,
    InvalidAnswer,
    InvalidRule,
    Kind,
    Result,
    Rule,
    Step,
    half_up,
)
from assessments.scoring.soundness import check, check_set

__all__ = [
    "DEFAULT_POLICY",
    "LIGHTS",
    "LIT",
    "Account",
    "Counts",
    "Entry",
    "Grade",
    "GradeOn",
    "Group",
    "InvalidAnswer",
    "InvalidRule",
    "Kind",
    "KnockOut",
    "KnockedOut",
    "Mode",
    "Node",
    "NotApplicable",
    "Outcome",
    "Place",
    "Policy",
    "Result",
    "Rounding",
    "Rule",
    "Step",
    "Sum",
    "check",
    "check_set",
    "half_up",
    "outcome",
    "rank",
    "read_policy",
    "roll_up",
    "score",
    "sub_indicators",
    "worst",
]
