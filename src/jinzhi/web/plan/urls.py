"""Addresses of this area."""

from jinzhi.web.plan.cockpit import page as cockpit_page
from jinzhi.web.plan.orders import page as orders_page
from jinzhi.web.plan.releases import importing as releases_importing
from jinzhi.web.plan.reports import page as reports_page
from jinzhi.web.plan.reports import steps as reports_steps
from jinzhi.web.plan.rows import page as rows_page

urlpatterns = [
    *cockpit_page.urlpatterns,
    *releases_importing.urlpatterns,
    *reports_page.urlpatterns,
    *reports_steps.urlpatterns,
    *orders_page.urlpatterns,
    *rows_page.urlpatterns,
]
