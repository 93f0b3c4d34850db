"""Boxes around a page: head, tabs, links, dialogs, help, nothing to show, files to drop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from jinzhi.web.ui.tables import Empty

register = template.Library()


@dataclass(frozen=True)
class PageLink:
    label: Any
    href: str
    key: str = ""  # a key of the keyboard, e.g. "export"
    current: bool = False
    count: int | None = None
    download: bool = False


@register.inclusion_tag("components/empty.html")
def empty_state(title: Any, text: Any = "", href: str = "", action: Any = "") -> dict[str, Any]:
    return {"empty": Empty(title, text, href, action)}


@register.simple_block_tag(takes_context=True)
def dialog(
    context: template.Context, content: str, id: str, title: Any, label: Any, href: str = "#", kind: str = ""
) -> SafeString:
    """A button that opens ``content`` in a ``<dialog>``; without script the same link leads to ``href``, a page."""
    page = get_template("components/dialog.html")
    return mark_safe(
        page.render(
            {
                "content": mark_safe(content),
                "id": id,
                "title": title,
                "label": label,
                "href": href,
                "kind": kind,
            }
        )
    )


@register.simple_block_tag(takes_context=True)
def page_bar(
    context: template.Context, content: str, title: Any, lead: Any = "", tag: Any = None, tabs: Any = ()
) -> SafeString:
    """The head of a page: h1, a status, a line of context, its views; what stands between the tags are its buttons."""
    page = get_template("components/page_bar.html")
    return mark_safe(
        page.render(
            {
                "content": mark_safe(content.strip()),
                "title": title,
                "lead": lead,
                "tag": tag,
                "tabs": tabs,
            }
        )
    )


@register.simple_block_tag(name="help")
def help_box(content: str, label: Any = "") -> SafeString:
    """A question mark that opens an explanation in place (``<details>``)."""
    page = get_template("components/help.html")
    return mark_safe(page.render({"content": mark_safe(content), "label": label}))


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(links: Sequence[PageLink | tuple[Any, str]]) -> dict[str, Any]:
    """The way up; pairs (label, href); the page itself is not in it."""
    return {"links": [x if isinstance(x, PageLink) else PageLink(*x) for x in links]}


@register.inclusion_tag("components/tabs.html")
def tabs(links: Sequence[PageLink], label: Any = "") -> dict[str, Any]:
    """Views of one thing as links; the current one is marked."""
    return {"links": links, "label": label or _("视图")}


@register.inclusion_tag("components/export_menu.html")
def export_menu(links: Sequence[PageLink], label: Any = "") -> dict[str, Any]:
    return {"links": links, "label": label or _("导出")}


@register.inclusion_tag("components/file_drop.html")
def file_drop(
    name: str,
    label: Any,
    accept: str = "",
    help: Any = "",
    multiple: bool = False,
    required: bool = False,
    errors: Any = (),
    limit: int | None = None,
) -> dict[str, Any]:
    """A file field that can be dropped on; name, size and SHA-256 are shown before anything is sent.

    ``limit``: the largest file in bytes that the page takes; a larger one is refused before it is sent.
    """
    return {
        "limit": settings.MAX_UPLOAD if limit is None else limit,
        "name": name,
        "label": label,
        "accept": accept,
        "help": help,
        "multiple": multiple,
        "required": required,
        "errors": errors,
    }
