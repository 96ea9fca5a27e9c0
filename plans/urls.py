from __future__ import annotations

from django.urls import path

from plans import views
from plans.permissions import Act
from plans.views import editing, lifecycle, schedule

app_name = "plans"
urlpatterns = [
    path("plans/", views.plan_list, name="list"),
    path("plans/import/", views.plan_import, name="import"),
    path("plans/<int:pk>/", views.plan_detail, name="detail"),
    path("plans/<int:pk>/edit/", editing.plan_edit, name="edit"),
    path("plans/<int:pk>/submit/", lifecycle.plan_act, {"act": Act.SUBMIT}, name="submit"),
    path("plans/<int:pk>/return/", lifecycle.plan_act, {"act": Act.RETURN}, name="return"),
    path("plans/<int:pk>/issue/", lifecycle.plan_act, {"act": Act.ISSUE}, name="issue"),
    path("plans/<int:pk>/close/", lifecycle.plan_act, {"act": Act.CLOSE}, name="close"),
    path("plans/<int:pk>/cancel/", lifecycle.plan_act, {"act": Act.CANCEL}, name="cancel"),
    path("plans/<int:pk>/schedule/", schedule.plan_schedule, name="schedule"),
    path("tasks/<int:pk>/", views.task_detail, name="task"),
    path("tasks/<int:pk>/units/", views.task_assign, name="assign"),
]
