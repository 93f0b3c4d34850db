"""Pages, forms and the interface for programs."""

from django.apps import AppConfig

from jinzhi.apps.catalogue.doors import close_doors


class WebConfig(AppConfig):
    name = "jinzhi.web"
    label = "web"

    def ready(self) -> None:
        """The last of the house to register: the pages of objects; then the doors are closed."""
        from jinzhi.web.evidence import objects  # noqa: F401 - it registers the kinds of objects

        close_doors()
