"""Addresses of this area."""

from jinzhi.web.evidence import export, log_files, verify, views, witness

urlpatterns = [
    *log_files.urlpatterns,
    *verify.urlpatterns,
    *export.urlpatterns,
    *views.urlpatterns,
    *witness.urlpatterns,
]
