"""What the timer clears away: sessions that ended, failed attempts that no longer count."""

from __future__ import annotations

from datetime import date, timedelta

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.utils import timezone

from jinzhi.apps.accounts.drafts import clear_old
from jinzhi.apps.catalogue.ticks import tick

#: how long failed attempts are kept, for whoever looks into them
KEPT = timedelta(days=30)


@tick("ended-sessions", "清除已过期的登录会话", "Clear sessions that have ended")
def sessions(day: date) -> int:
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


@tick("old-attempts", "清除 30 天前的登录失败记录", "Clear failed sign-ins older than 30 days")
def attempts(day: date) -> int:
    gone: int = AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - KEPT).delete()[0]
    return gone


@tick("old-drafts", "清除 30 天前的草稿", "Clear drafts older than 30 days")
def drafts(day: date) -> int:
    return clear_old()
