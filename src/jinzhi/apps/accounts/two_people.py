"""What takes two people: a lost second factor, another address for the one-time link. One asks, another agrees.

Both stand in the history of the account, and must be two persons (see ``persons``). An asking lapses after
``LAPSES``（平台工作期限）.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.actions import keeps_account, locked_user, nothing, set_address, stream_of
from jinzhi.apps.accounts.models import User
from jinzhi.apps.accounts.persons import two_persons
from jinzhi.apps.accounts.reach import AccountRefused, require_other
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.events.personal import reveal
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.models import Event

#: how long an asking stands open: 平台工作期限
LAPSES = timedelta(days=7)
FACTOR, ADDRESS = "factor", "address"


def open_asking(user: User, what: str) -> Event | None:
    """The asking that waits for a second person, with its values, or None."""
    verbs = [f"{step}-{what}" for step in ("ask", "agree", "decline")]
    last = Event.objects.filter(stream=stream_of(user), verb__in=verbs).order_by("-seq").first()
    if last is None or last.verb != f"ask-{what}" or last.at < now() - LAPSES:
        return None
    reveal([last])
    return last


def _reason(reason: str) -> str:
    if not reason.strip():
        raise AccountRefused("请写明原因", "give the reason")
    return reason.strip()


def _keeps_another(call: Call) -> None:
    require_other(call.who, call.subject)
    keeps_account(call)


def _asking(call: Call, event: Event) -> Event:
    reveal([event])
    return event


def _asked(call: Call) -> str:
    return f"ask-{call.arguments['what']}"


def _answered(call: Call) -> str:
    return f"{'agree' if call.arguments['yes'] else 'decline'}-{call.arguments['what']}"


@verb("accounts", "ask", right=_keeps_another, lock=locked_user, again=_asking, recorded=_asked)
def ask(user: User, what: str, *, reason: str, who: Acting, email: str = "", key: str = "") -> Event:
    """The first person's word. Raises AccountRefused without a reason, for oneself, beyond one's reach, twice."""
    if open_asking(user, what) is not None:
        raise AccountRefused(
            "已有一项申请等待第二人确认", "an asking is open already: a second person must answer it first"
        )
    if what == FACTOR and not Authenticator.objects.filter(user=user).exists():
        raise AccountRefused("此人没有启用第二重验证", "this person has no second factor")
    data = {"reason": _reason(reason), **({"email": email} if what == ADDRESS else {})}
    return record(stream_of(user), f"ask-{what}", data, who=who, on=today(), personal=("email",), key=key)


@verb("accounts", "answer", right=_keeps_another, lock=locked_user, again=nothing, recorded=_answered)
def answer(user: User, what: str, yes: bool, *, who: Acting, key: str = "") -> None:
    """The second person's word. Raises AccountRefused for the one who asked, for oneself and beyond one's reach."""
    asked = open_asking(user, what)
    if asked is None:
        raise AccountRefused(
            "没有等待确认的申请，或已过 7 天", "nothing waits for an answer, or seven days have passed"
        )
    if yes and (who.user is None or asked.user_id == who.user.pk):
        raise AccountRefused(
            "申请人不能自己确认，请另一位管理员办理", "who asked cannot agree: another administrator must"
        )
    if yes and (same := two_persons(asked, who)):
        raise AccountRefused(*same)
    record(stream_of(user), f"{'agree' if yes else 'decline'}-{what}", {}, who=who, on=today(), key=key)
    if not yes:
        return
    if what == ADDRESS:
        set_address(user, str(asked.data["email"]), who=who)
    else:
        Authenticator.objects.filter(user=user).delete()
