from __future__ import annotations

from django.urls import path

from assessments.views import criteria, diagnosis, round_units, rounds, sheets, teams

app_name = "assessments"
urlpatterns = [
    path("assessments/", sheets.assessment_list, name="list"),
    path("assessments/<int:pk>/", sheets.sheet, name="sheet"),
    path("assessments/<int:pk>/scores/<int:criterion_pk>/", sheets.score, name="score"),
    path("criteria/", criteria.criteria_list, name="criteria_list"),
    path("criteria/<int:pk>/", criteria.criteria, name="criteria"),
    path("diagnosis/", diagnosis.diagnosis_list, name="diagnosis_list"),
    path("diagnosis/<int:pk>/", diagnosis.diagnosis, name="diagnosis"),
    path("diagnosis/<int:pk>/questions/", diagnosis.diagnosis, {"tab": "questions"}, name="diagnosis_questions"),
    path("diagnosis/<int:pk>/goals/", diagnosis.diagnosis, {"tab": "goals"}, name="diagnosis_goals"),
    path("diagnosis/<int:pk>/actions/", diagnosis.diagnosis, {"tab": "actions"}, name="diagnosis_actions"),
    path("diagnosis/<int:pk>/history/", diagnosis.diagnosis, {"tab": "history"}, name="diagnosis_history"),
    path("diagnosis/<int:pk>/indicators/<int:criterion_pk>/", diagnosis.indicator, name="indicator"),
    path("plans/<int:pk>/diagnosis/", diagnosis.plan_diagnosis, name="plan_diagnosis"),
    path("rounds/", rounds.round_list, name="round_list"),
    path("rounds/new/", rounds.round_new, name="round_new"),
    path("rounds/<int:pk>/", rounds.round_detail, name="round"),
    path("rounds/<int:pk>/edit/", rounds.round_edit, name="round_edit"),
    path("rounds/<int:pk>/dates/", rounds.round_dates, name="round_dates"),
    path("rounds/<int:pk>/open/", rounds.round_open, name="round_open"),
    path("rounds/<int:pk>/extend/", rounds.round_extend, name="round_extend"),
    path("rounds/<int:pk>/units/", round_units.round_units, name="round_units"),
    path("rounds/<int:pk>/units/<int:sheet_pk>/remove/", round_units.round_unit_remove, name="round_unit_remove"),
    path("rounds/<int:pk>/teams/", teams.round_teams, name="round_teams"),
    path("rounds/<int:pk>/teams/<int:team_pk>/", teams.team, name="team"),
    path("rounds/<int:pk>/assign/", teams.round_assign, name="round_assign"),
    path("assessments/<int:pk>/assessors/", teams.sheet_assessors, name="sheet_assessors"),
]
