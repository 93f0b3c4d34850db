"""Addresses of this area."""

from jinzhi.web.people import account, drafts, page, password_link, two

urlpatterns = [
    *two.urlpatterns,
    *page.urlpatterns,
    *password_link.urlpatterns,
    *account.urlpatterns,
    *drafts.urlpatterns,
]
