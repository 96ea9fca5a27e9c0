from __future__ import annotations

from django.urls import path

from plans import views
from plans.views import editing

app_name = "plans"
urlpatterns = [
    path("plans/", views.plan_list, name="list"),
    path("plans/import/", views.plan_import, name="import"),
    path("plans/<int:pk>/", views.plan_detail, name="detail"),
    path("plans/<int:pk>/edit/", editing.plan_edit, name="edit"),
    path("plans/<int:pk>/issue/", views.plan_issue, name="issue"),
    path("tasks/<int:pk>/", views.task_detail, name="task"),
    path("tasks/<int:pk>/units/", views.task_assign, name="assign"),
]
