"""Addresses of this part of the plan."""

from django.urls import path

from jinzhi.web.plan.milestones import urls as plan_milestones
from jinzhi.web.plan.rows import matrix as plan_matrix
from jinzhi.web.plan.rows.list import rows, rows_export
from jinzhi.web.plan.rows.page import row

urlpatterns = [
    path("plan/rows/", rows, name="rows"),
    path("plan/rows/export.xlsx", rows_export, name="rows-export"),
    path("plan/rows/<str:key>/", row, name="row"),
    *plan_matrix.urlpatterns,
    *plan_milestones.urlpatterns,
]
