"""The one-time link by which a person sets a password. It goes to the person's own mail and is shown to nobody else."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from jinzhi.apps.accounts.models import User

log = logging.getLogger("jinzhi.accounts")

SUBJECT = "津知：请设置密码 · Jinzhi: set your password"
TEXT = """{name}：

请打开下面的链接设置登录密码。链接只能使用一次，{hours} 小时内有效；不是您本人要求的，请告诉管理员。
Open this link to set your password. It works once, within {hours} hours; if you did not expect it, tell your
administrator.

{address}

用户名 User name: {username}
"""


def link_parts(user: User) -> tuple[str, str]:
    """What the address of a one-time link is made of. A new password or a sign-in makes an older link void."""
    return urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)


def user_of(uid: str, token: str) -> User | None:
    """Whose link this is, or None where it is used, too old or none of ours."""
    try:
        user = User.objects.get(pk=int(force_str(urlsafe_base64_decode(uid))))
    except (ValueError, OverflowError, User.DoesNotExist):
        return None
    return user if user.is_active and default_token_generator.check_token(user, token) else None


def send_link(user: User, address_of: Callable[[str, str], str], *, hours: int) -> bool:
    """Mail a one-time link to a person; ``address_of`` makes the address of its parts. Returns whether it went out."""
    text = TEXT.format(name=user, hours=hours, address=address_of(*link_parts(user)), username=user.username)
    try:
        EmailMessage(SUBJECT, text, to=[user.email]).send()
    except OSError as e:
        log.warning("the link for account %s was not sent: %s", user.pk, type(e).__name__)
        return False
    return True
