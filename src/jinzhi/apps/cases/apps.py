"""Cases: any declared procedure, run. Other apps run theirs through this one."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "jinzhi.apps.cases"
    label = "cases"

    def ready(self) -> None:
        from jinzhi.apps.cases import checks  # noqa: F401
