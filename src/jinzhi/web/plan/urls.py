"""Addresses of this area."""

from jinzhi.web.plan.cockpit import urls as cockpit
from jinzhi.web.plan.orders import urls as orders
from jinzhi.web.plan.releases import urls as releases
from jinzhi.web.plan.reports import urls as reports
from jinzhi.web.plan.rows import urls as rows

urlpatterns = [
    *cockpit.urlpatterns,
    *releases.urlpatterns,
    *reports.urlpatterns,
    *orders.urlpatterns,
    *rows.urlpatterns,
]
