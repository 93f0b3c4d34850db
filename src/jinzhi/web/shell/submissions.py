"""Idempotency: the same key with the same content is one submission; with another content it is refused."""

from __future__ import annotations

import hashlib
import json
import secrets

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jinzhi.apps.evidence.events.actions import KeyReused
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.text import id_of

#: hidden fields that say how a form is sent, not what
MANNER = ("csrfmiddlewaretoken", "_seq", "_key", "next")
LENGTH = 16


def content_of(request: HttpRequest) -> str:
    """A digest of what a request asks: method, address, and its body whatever way it is written.

    A file counts by its name and size: its content has a digest of its own where it is kept.
    """
    if request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        said: object = [
            sorted((k, v) for k, v in request.POST.lists() if k not in MANNER),
            sorted((k, [(f.name, f.size) for f in files]) for k, files in request.FILES.lists()),
        ]
    else:
        try:
            said = json.loads(request.body or b"null")
        except ValueError:
            said = hashlib.sha256(request.body).hexdigest()
    text = json.dumps([request.method, request.path, said], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def keyed(given: str, content: str) -> str:
    """The key under which the event of a submission is kept. Raises KeyReused where another content has it."""
    base = "key:" + hashlib.sha256(given.encode()).hexdigest()[:40] + ":"
    key = base + content
    # a range, so that the index answers; one submission may write several events, their keys told apart by a suffix
    used = Event.objects.filter(key__gte=base + "0" * LENGTH, key__lte=base + "f" * LENGTH)
    used = used.exclude(key__startswith=key)
    if used.exists():
        raise KeyReused(f"the key {given!r} was used for another content")
    return key


def form_key() -> str:
    """A new idempotency key for the hidden field ``_key`` of a form."""
    return secrets.token_urlsafe(12)


def submitted(request: HttpRequest) -> tuple[int | None, str]:
    """The optimistic lock and the idempotency key that a form hands over (hidden fields ``_seq`` and ``_key``).

    Raises KeyReused where the same form was sent before with another content.
    """
    raw = request.POST.get("_seq", "")
    if raw and id_of(raw) is None:
        raise BadRequest(_("表单的版本号无效，请刷新页面后重试"))
    given = request.POST.get("_key", "")
    return (int(raw) if raw else None), keyed(f"page:{request.user.pk}:{given}", content_of(request)) if given else ""
