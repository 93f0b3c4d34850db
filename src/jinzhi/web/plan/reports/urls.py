"""Addresses of this part of the plan."""

from django.urls import path

from jinzhi.web.plan.reports import steps
from jinzhi.web.plan.reports.calling import round_open
from jinzhi.web.plan.reports.excel import report_excel, report_excel_confirm, report_excel_import
from jinzhi.web.plan.reports.index import index, index_excel
from jinzhi.web.plan.reports.paper import report_docx
from jinzhi.web.plan.reports.saving import report

urlpatterns = [
    path("plan/reports/", index, name="reports"),
    path("plan/reports/export.xlsx", index_excel, name="reports-excel"),
    path("plan/reports/open/", round_open, name="round-open"),
    path("plan/reports/<int:pk>/", report, name="report"),
    path("plan/reports/<int:pk>/sheet.xlsx", report_excel, name="report-excel"),
    path("plan/reports/<int:pk>/import/", report_excel_import, name="report-excel-import"),
    path("plan/reports/<int:pk>/import/confirm/", report_excel_confirm, name="report-excel-confirm"),
    path("plan/reports/<int:pk>/report.docx", report_docx, name="report-docx"),
    *steps.urlpatterns,
]
