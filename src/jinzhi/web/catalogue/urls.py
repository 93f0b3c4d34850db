"""Addresses of this area."""

from jinzhi.web.catalogue import views

urlpatterns = [
    *views.urlpatterns,
]
