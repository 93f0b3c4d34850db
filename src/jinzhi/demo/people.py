"""People of the demonstration: a few to sign in as, and a reporter and an approver at every unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password

from jinzhi.apps.accounts.acting import Acting, acting_as
from jinzhi.apps.accounts.models import Membership, User
from jinzhi.apps.units.models import Unit

PASSWORD = "jinzhi-demo"
SINCE = date(2025, 1, 1)

#: username, name, unit, role: those offered on the sign-in page
CAST = (
    ("demo-office", "赵某", "tianjin", "plan-office"),
    ("demo-leader", "钱某", "tianjin", "leader"),
    ("demo-ip-office", "孙某", "tj-ip-office", "reporter"),
    ("demo-binhai", "李某", "tj-binhai", "reporter"),
    ("demo-binhai-approver", "周某", "tj-binhai", "approver"),
    ("demo-binhai-ip", "吴某", "tj-binhai-ip", "reporter"),
    ("demo-dongli", "郑某", "tj-dongli", "reporter"),
    ("demo-huaming", "王某", "tj-dongli-huaming", "reporter"),
    ("demo-handler", "冯某", "tj-market-regulation", "case-handler"),
    ("demo-ip-handler", "马某", "tj-ip-office", "case-handler"),
    ("demo-ip-approver", "花某", "tj-ip-office", "approver"),
    ("demo-reports", "苗某", "tj-market-regulation", "reports-officer"),
    ("demo-approver", "鲁某", "tianjin", "approver"),
    ("demo-admin", "陈某", "tianjin", "administrator"),
)
SURNAMES = "褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"


@dataclass(frozen=True)
class People:
    """In whose name things are done: the office, and by unit code the reporter and the approver."""

    office: Acting
    leader: Acting
    reporters: dict[str, Acting]
    approvers: dict[str, Acting]


def make_people(units: list[Unit]) -> People:
    """Make the cast and the staff of the given units. All share one password; the staff cannot sign in."""
    password = make_password(PASSWORD)
    by_code = {u.code: u for u in Unit.objects.all()}
    posts: dict[tuple[str, str], Membership] = {}
    for username, name, code, role in CAST:
        user = User.objects.create(username=username, name=name, password=password)
        posts[code, role] = Membership.objects.create(user=user, unit=by_code[code], role=role, since=SINCE)
    for n, unit in enumerate(units):
        for offset, role in enumerate(("reporter", "approver")):
            if (unit.code, role) in posts:
                continue
            name = f"{unit.label} {SURNAMES[(2 * n + offset) % len(SURNAMES)]}某"
            user = User.objects.create(username=f"staff-{unit.code}-{role}", name=name, password="!")
            posts[unit.code, role] = Membership.objects.create(user=user, unit=unit, role=role, since=SINCE)
    acting = {key: acting_as(post) for key, post in posts.items()}
    return People(
        acting["tianjin", "plan-office"],
        acting["tianjin", "leader"],
        {code: a for (code, role), a in acting.items() if role == "reporter"},
        {code: a for (code, role), a in acting.items() if role == "approver"},
    )
