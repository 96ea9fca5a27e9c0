from assessments.api.assessments import AssessmentAPI, ScoreAPI
from assessments.api.criteria import CriteriaSetAPI, CriterionAPI
from assessments.api.rounds import RoundAPI

__all__ = ["AssessmentAPI", "CriteriaSetAPI", "CriterionAPI", "RoundAPI", "ScoreAPI"]
