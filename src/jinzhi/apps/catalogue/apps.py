"""The catalogue: finds the declarations of this installation and refuses to start on a wrong one."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CatalogueConfig(AppConfig):
    name = "jinzhi.apps.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        """Load what registers itself in every app, such as checks, integrity checkers and tasks of the timer."""
        autodiscover_modules("checks", "integrity", "facts", "projections", "sources", "ticks", "holdings", "looks")
        autodiscover_modules("references", "file_readers", "following")
