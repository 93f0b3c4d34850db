"""Addresses of this area."""

from django.urls import path

from jinzhi.web.cases.correcting import case_correct, case_decide
from jinzhi.web.cases.desk import desk, export
from jinzhi.web.cases.files import attachment, case_erase
from jinzhi.web.cases.opening import case_open
from jinzhi.web.cases.show import case, case_svg
from jinzhi.web.cases.step import case_step, case_tell

urlpatterns = [
    path("cases/", desk, name="cases"),
    path("cases/export.xlsx", export, name="case-export"),
    path("cases/<int:pk>/", case, name="case"),
    path("cases/<int:pk>/flow.svg", case_svg, name="case-svg"),
    path("cases/<int:pk>/steps/<slug:step>/", case_step, name="case-step"),
    path("cases/<int:pk>/clocks/<slug:clock>/tell/", case_tell, name="case-tell"),
    path("cases/<int:pk>/events/<int:seq>/correct/", case_correct, name="case-correct"),
    path("cases/<int:pk>/events/<int:seq>/decide/", case_decide, name="case-decide"),
    path("cases/<int:pk>/erase/", case_erase, name="case-erase"),
    path("procedures/<slug:id>/open/", case_open, name="case-open"),
    path("attachments/<slug:token>/", attachment, name="attachment"),
]
