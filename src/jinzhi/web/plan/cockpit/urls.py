"""Addresses of this part of the plan."""

from django.urls import path

from jinzhi.web.plan.cockpit.lights import lights
from jinzhi.web.plan.cockpit.page import cockpit
from jinzhi.web.plan.cockpit.sheets import export

urlpatterns = [
    path("plan/", cockpit, name="cockpit"),
    path("plan/export.xlsx", export, name="cockpit-export"),
    path("plan/lights/", lights, name="lights"),
]
