"""Addresses of this area."""

from django.urls import path

from jinzhi.web.indicators.chart import chart
from jinzhi.web.indicators.export import csv_of, records_of
from jinzhi.web.indicators.index import export, index
from jinzhi.web.indicators.page import indicator

urlpatterns = [
    path("indicators/", index, name="indicators"),
    path("indicators/export.xlsx", export, name="indicators-export"),
    path("indicators/<slug:id>/", indicator, name="indicator"),
    path("indicators/<slug:id>/chart.<slug:kind>", chart, name="indicator-chart"),
    path("indicators/<slug:id>/series.csv", csv_of, name="indicator-csv"),
    path("indicators/<slug:id>/records.xlsx", records_of, name="indicator-records"),
]
