"""The plan at work: releases, rows, milestones, reports, lights."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "jinzhi.apps.plan"
    label = "plan"
