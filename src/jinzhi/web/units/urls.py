"""Addresses of this area."""

from jinzhi.web.units import page

urlpatterns = [
    *page.urlpatterns,
]
