"""Addresses of this area."""

from jinzhi.web.indicators import page

urlpatterns = [
    *page.urlpatterns,
]
