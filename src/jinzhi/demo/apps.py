"""The demonstration city: generated, deterministic, marked as such on every page."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "jinzhi.demo"
    label = "demo"
