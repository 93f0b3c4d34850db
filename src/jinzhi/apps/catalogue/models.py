"""What this installation is: which city it serves, whether it is a demonstration, what day it is there."""

from __future__ import annotations

from django.db import models


class Installation(models.Model):
    """One row. ``today`` fixes the date of a demonstration, so that it is the same whenever it is looked at."""

    city_zh = models.CharField(max_length=50)
    city_en = models.CharField(max_length=50)
    demo = models.BooleanField(default=False)
    today = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_installation")]

    def __str__(self) -> str:
        return self.city_zh

    @property
    def zh(self) -> str:
        return self.city_zh

    @property
    def en(self) -> str:
        return self.city_en


class Counter(models.Model):
    """The last number given out, by name and year."""

    name = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "year"], name="one_counter_a_year")]

    def __str__(self) -> str:
        return f"{self.name} {self.year}: {self.value}"
