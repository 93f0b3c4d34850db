"""Addresses of this area."""

from jinzhi.web.inbox import page

urlpatterns = [
    *page.urlpatterns,
]
