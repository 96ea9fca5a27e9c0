from __future__ import annotations

from django.urls import path

from assessments import views

app_name = "assessments"
urlpatterns = [
    path("assessments/", views.assessment_list, name="list"),
    path("assessments/<int:pk>/", views.sheet, name="sheet"),
    path("assessments/<int:pk>/scores/<int:criterion_pk>/", views.score, name="score"),
    path("criteria/", views.criteria_list, name="criteria_list"),
    path("criteria/<int:pk>/", views.criteria, name="criteria"),
    path("rounds/<int:pk>/", views.round_detail, name="round"),
]
