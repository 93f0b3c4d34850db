"""The collection of patents."""

from django.apps import AppConfig


class PatentsConfig(AppConfig):
    name = "jinzhi.apps.patents"
    label = "patents"
