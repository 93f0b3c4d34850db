"""Whose word stands for the time of a checkpoint: the authority named in the settings, or none.

A demonstration stamps with an authority of its own on this machine, so that every part can be looked at; an
installation in service is never given one that it did not name.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from jinzhi.apps.catalogue.clock import installation, now
from jinzhi.engines.timestamps import Authority, HttpAuthority, LocalAuthority, TimestampRefused


def time_authority() -> Authority | None:
    """The authority of this installation, or None where checkpoints carry no time stamp. Raises TimestampRefused."""
    if settings.JINZHI_TSA_URL:
        try:
            roots = Path(settings.JINZHI_TSA_ROOTS).read_bytes()
        except OSError as e:
            raise TimestampRefused(f"读不到时间戳根证书 {settings.JINZHI_TSA_ROOTS}：{e}") from None
        return HttpAuthority(settings.JINZHI_TSA_URL, roots)
    here = installation()
    if here is not None and here.demo:
        return LocalAuthority(Path(settings.JINZHI_KEYS) / "tsa", now=now)
    return None


def is_local(authority: Authority | None) -> bool:
    """Whether the time is only this machine's word: pages and certificates must say so."""
    return isinstance(authority, LocalAuthority)
