"""Answers of made-up sheets: how well a unit does, as one number, gives what it answers to each criterion."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from assessments.models import Criterion

Answer = dict[str, Any]
LIGHTS = ("red", "yellow", "green")


def answer_to(criterion: Criterion, quality: int, place: int) -> Answer:
    """`quality` 0 to 100; `place` moves each criterion a little, always in the same way."""
    level = min(100, max(0, quality + (place * 37) % 41 - 20))
    given = criterion.parameters
    match criterion.scoring:
        case Criterion.Scoring.YES_NO:
            return {"value": level >= 30}
        case Criterion.Scoring.LEVELS:
            return {"level": min(len(given["levels"]) - 1, level * len(given["levels"]) // 100)}
        case Criterion.Scoring.RATIO:
            return {"done": 60 + level * 60 // 100, "of": 120}
        case Criterion.Scoring.BANDS:
            return {"percent": f"{Decimal(88) + Decimal(level) / 9:.1f}"}
        case Criterion.Scoring.COUNT if "items" in given:
            return {"items": list(range(-(-len(given["items"]) * level // 100)))}
        case Criterion.Scoring.COUNT:
            return {"count": given["most"] * level // 100}
        case Criterion.Scoring.DEADLINE:
            return {"days_late": 0 if level >= 40 else 20}
        case Criterion.Scoring.RAG:
            return {"light": LIGHTS[min(2, level * 3 // 100)]}
    raise AssertionError(f"the demo has no answer to {criterion.scoring}")
