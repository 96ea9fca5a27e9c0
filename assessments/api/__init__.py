from assessments.api.assessments import AssessmentAPI
from assessments.api.criteria import CriteriaSetAPI, CriterionAPI
from assessments.api.decisions import DecisionAPI
from assessments.api.rankings import RankingAPI
from assessments.api.rounds import RoundAPI
from assessments.api.scores import ScoreAPI

__all__ = ["AssessmentAPI", "CriteriaSetAPI", "CriterionAPI", "DecisionAPI", "RankingAPI", "RoundAPI", "ScoreAPI"]
