"""Addresses of this part of the plan."""

from django.urls import path

from jinzhi.web.plan.releases import page as plan_releases
from jinzhi.web.plan.releases.import_row import row
from jinzhi.web.plan.releases.imports import index, upload
from jinzhi.web.plan.releases.review import review
from jinzhi.web.plan.releases.store import difference, discard, source, store

urlpatterns = [
    path("plan/import/", upload, name="plan_import"),
    path("plan/imports/", index, name="plan-imports"),
    path("plan/imports/<int:pk>/", review, name="plan-import-review"),
    path("plan/imports/<int:pk>/rows/<slug:uid>/", row, name="plan-import-row"),
    path("plan/imports/<int:pk>/store/", store, name="plan-import-store"),
    path("plan/imports/<int:pk>/discard/", discard, name="plan-import-discard"),
    path("plan/imports/<int:pk>/source/", source, name="plan-import-source"),
    path("plan/imports/<int:pk>/difference/", difference, name="plan-import-difference"),
    *plan_releases.urlpatterns,
]
