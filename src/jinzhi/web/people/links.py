"""Mailing a one-time link from a page, and the page that it opens."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.links import send_link
from jinzhi.apps.accounts.models import User
from jinzhi.web.shell.requests import PageRequest


def mail_link(request: PageRequest, user: User) -> None:
    """Mail a person the one-time link, and say on the next page whether it went out. The link itself is not shown."""

    def address(uid: str, token: str) -> str:
        return request.build_absolute_uri(reverse("choose_password", args=[uid, token]))

    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    if send_link(user, address, hours=hours):
        messages.success(request, _("一次性链接已寄到本人邮箱，%(n)s 小时内有效") % {"n": hours})
    else:
        messages.error(request, _("邮件没有发出，请检查邮件服务器后在此人页面再次“重设密码”"))
