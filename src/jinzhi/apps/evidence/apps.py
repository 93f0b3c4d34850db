"""Evidence: the table of events that every write leaves, and the store of attached files."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "jinzhi.apps.evidence"
    label = "evidence"
