"""The collection of patents."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PatentsConfig(AppConfig):
    name = "jinzhi.apps.patents"
    label = "patents"

    def ready(self) -> None:
        from jinzhi.apps.patents.store.marks import ensure

        post_migrate.connect(ensure, sender=self, dispatch_uid="jinzhi.patents.marks")
