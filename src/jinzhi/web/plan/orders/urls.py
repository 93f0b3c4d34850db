"""Addresses of this part of the plan."""

from django.urls import path

from jinzhi.web.plan.orders.files import all_docx, docx, excel
from jinzhi.web.plan.orders.issue import issue
from jinzhi.web.plan.orders.list import index

urlpatterns = [
    path("plan/orders/", index, name="orders"),
    path("plan/orders/export.xlsx", excel, name="orders-excel"),
    path("plan/orders/orders.docx", all_docx, name="orders-docx"),
    path("plan/orders/issue/", issue, name="orders-issue"),
    path("plan/orders/<int:pk>/order.docx", docx, name="order-docx"),
]
