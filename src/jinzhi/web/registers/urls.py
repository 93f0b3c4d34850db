"""Addresses of this area."""

from jinzhi.web.registers import views

urlpatterns = [
    *views.urlpatterns,
]
