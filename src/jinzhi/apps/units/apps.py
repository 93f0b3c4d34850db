"""Units: the tree of who answers for what, and the guard on the rows they keep."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "jinzhi.apps.units"
    label = "units"
