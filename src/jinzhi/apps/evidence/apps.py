"""Evidence: the events that every write leaves, the log over them, and the store of attached files."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EvidenceConfig(AppConfig):
    name = "jinzhi.apps.evidence"
    label = "evidence"

    def ready(self) -> None:
        from jinzhi.apps.evidence.events.upgrade import after_migrate

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="jinzhi.evidence")
