"""All addresses: each area of views holds its own."""

from django.urls import include, path
from django.views.generic import RedirectView

from jinzhi.web import gallery
from jinzhi.web.api.urls import urlpatterns as api_urls
from jinzhi.web.views import (
    account,
    cases,
    catalogue,
    cockpit,
    custody,
    custody_upload,
    evidence,
    evidence_export,
    evidence_verify,
    indicators,
    log_files,
    operations,
    orders,
    patent_alerts,
    patent_collections,
    patent_saved,
    patents,
    people,
    plan_import,
    plan_reports,
    plan_rows,
    registers,
    search,
    units,
    witness,
)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="cockpit"), name="home"),
    *cockpit.urlpatterns,
    *plan_import.urlpatterns,
    *plan_reports.urlpatterns,
    *orders.urlpatterns,
    *plan_rows.urlpatterns,
    *cases.urlpatterns,
    # before patents: its last address takes every other name as a number
    *patent_saved.urlpatterns,
    *patent_alerts.urlpatterns,
    *patent_collections.urlpatterns,
    *patents.urlpatterns,
    *registers.urlpatterns,
    *custody_upload.urlpatterns,
    *custody.urlpatterns,
    *indicators.urlpatterns,
    *units.urlpatterns,
    *people.urlpatterns,
    *catalogue.urlpatterns,
    *search.urlpatterns,
    *log_files.urlpatterns,
    *evidence_verify.urlpatterns,
    *evidence_export.urlpatterns,
    *evidence.urlpatterns,
    *operations.urlpatterns,
    *account.urlpatterns,
    *witness.urlpatterns,
    *api_urls,
    *gallery.urlpatterns,
    path("accounts/", include("allauth.urls")),
]
