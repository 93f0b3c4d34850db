"""Addresses of this area."""

from jinzhi.web.operations import page

urlpatterns = [
    *page.urlpatterns,
]
