from __future__ import annotations

from django.urls import path

from budgets import views

app_name = "budgets"
urlpatterns = [
    path("", views.budget_list, name="list"),
    path("<int:pk>/", views.plan_money, name="plan"),
    path("<int:pk>/ceiling/", views.ceiling, name="ceiling"),
    path("<int:pk>/entries/<int:entry_pk>/reverse/", views.reverse_entry, name="reverse"),
    path("<int:pk>/open/", views.open_budget, name="open"),
    path("<int:pk>/panel/", views.plan_panel, name="plan_panel"),
]
