"""Addresses of this area."""

from jinzhi.web.inbox import page, watching

urlpatterns = [
    *page.urlpatterns,
    *watching.urlpatterns,
]
