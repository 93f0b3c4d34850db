"""Tokens: made once and shown once; kept as a digest."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from datetime import date, timedelta

from django.db import OperationalError, transaction

from jinzhi.apps.accounts.acting import Acting, acting_as, memberships
from jinzhi.apps.accounts.models import Membership, Token
from jinzhi.apps.catalogue.clock import now, today

PREFIX = "jz_"
USE_NOTED_EVERY = timedelta(minutes=5)


def make_token(membership: Membership, name: str, scopes: list[str], expires_on: date) -> tuple[Token, str]:
    """A new token and its secret, which cannot be shown again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        membership=membership,
        name=name,
        prefix=secret[:9],
        sha256=hashlib.sha256(secret.encode()).hexdigest(),
        scopes=scopes,
        made_at=now(),
        expires_on=expires_on,
    )
    return token, secret


def acting_by_token(secret: str) -> Acting | None:
    """In whose name a token acts, or None where it is unknown, revoked or expired."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    token = (
        Token.objects.select_related("membership__user", "membership__unit")
        .filter(sha256=digest, revoked_at=None, expires_on__gte=today())
        .first()
    )
    if token is None or not token.membership.user.is_active:
        return None
    if token.membership not in memberships(token.membership.user):
        return None
    moment = now()
    # not with every request: reading should not have to write
    if token.used_at is None or moment - token.used_at > USE_NOTED_EVERY:
        # a database that is busy or full must not keep anybody from reading
        with suppress(OperationalError), transaction.atomic():
            Token.objects.filter(pk=token.pk).update(used_at=moment)
    return acting_as(token.membership, scopes=tuple(token.scopes))
