"""Indicators: any declared indicator, computed and kept by day."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "jinzhi.apps.indicators"
    label = "indicators"
