"""Addresses of this part of the plan."""

from django.urls import path

from jinzhi.web.plan.milestones import copies as milestone_copies
from jinzhi.web.plan.milestones import sheet as milestone_import
from jinzhi.web.plan.milestones.form import add, change, drop
from jinzhi.web.plan.milestones.list import export, index
from jinzhi.web.plan.milestones.page import detail

urlpatterns = [
    path("plan/milestones/", index, name="milestones"),
    path("plan/milestones/export.xlsx", export, name="milestones-export"),
    path("plan/milestones/import/", milestone_import.bring_in, name="milestones-import"),
    path("plan/milestones/copy/", milestone_copies.copies, name="milestones-copy"),
    path("plan/milestones/<str:code>/", detail, name="milestone"),
    path("plan/milestones/<str:code>/change/", change, name="milestone-change"),
    path("plan/milestones/<str:code>/drop/", drop, name="milestone-drop"),
    path("plan/rows/<str:key>/milestones/new/", add, name="milestone-new"),
]
