"""Addresses of this area."""

from jinzhi.web.cases import views

urlpatterns = [
    *views.urlpatterns,
]
