from __future__ import annotations

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("files/<str:key>/", views.download, name="download"),
    path("jobs/<uuid:pk>/", views.job, name="job"),
    path("jobs/<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("jobs/<uuid:pk>/retry/", views.retry, name="retry"),
    path("<slug:kind>/", views.show, name="show"),
    path("<slug:kind>/files/", views.request_file, name="request"),
]
