from assessments.forms.score import PARTS, ScoreForm

__all__ = ["PARTS", "ScoreForm"]
