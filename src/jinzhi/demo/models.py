"""How far a demonstration city has come: one row a stage, so that every page can say what is still being made."""

from __future__ import annotations

from django.db import models


class Progress(models.Model):
    """A stage that is made while pages are served already."""

    stage = models.CharField(primary_key=True, max_length=20)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    began = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "demo_progress"

    def __str__(self) -> str:
        return f"{self.stage} {self.done}/{self.total}"
