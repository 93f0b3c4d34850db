"""Custody: items of electronic evidence, how they were captured, in whose hands they are, how long they are kept."""

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    name = "jinzhi.apps.custody"
    label = "custody"
