"""Addresses of this area."""

from jinzhi.web.custody import upload, views

urlpatterns = [
    *upload.urlpatterns,
    *views.urlpatterns,
]
