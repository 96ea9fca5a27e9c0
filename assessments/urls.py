from __future__ import annotations

from django.urls import path

from assessments.views import criteria, rounds, sheets

app_name = "assessments"
urlpatterns = [
    path("assessments/", sheets.assessment_list, name="list"),
    path("assessments/<int:pk>/", sheets.sheet, name="sheet"),
    path("assessments/<int:pk>/scores/<int:criterion_pk>/", sheets.score, name="score"),
    path("criteria/", criteria.criteria_list, name="criteria_list"),
    path("criteria/<int:pk>/", criteria.criteria, name="criteria"),
    path("rounds/<int:pk>/", rounds.round_detail, name="round"),
]
