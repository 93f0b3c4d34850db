"""Addresses of this area."""

from jinzhi.web.search import page

urlpatterns = [
    *page.urlpatterns,
]
