"""Addresses of this area."""

from jinzhi.web.patents import alerts, collections, page, saved

urlpatterns = [
    *saved.urlpatterns,
    *alerts.urlpatterns,
    *collections.urlpatterns,
    # the page of a search comes last: its last address takes every other name as a number
    *page.urlpatterns,
]
