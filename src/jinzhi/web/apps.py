"""Pages, forms and the interface for programs."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "jinzhi.web"
    label = "web"
