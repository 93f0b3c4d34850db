"""Whose turn a case is, who has handled it, and what comes next after a step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.units.models import Handed
from jinzhi.kernel.access import Role
from jinzhi.web.cases.page import CaseHappening, OfferCard
from jinzhi.web.ui.language import enumerated, named
from jinzhi.web.ui.tables import Cell


@dataclass(frozen=True)
class Next:
    """Whose turn it is. ``waiting``: in words, where it is not the reader's; ``mine``, ``sign_in``: where to go on."""

    waiting: str = ""
    yours: bool = False
    mine: str = ""
    sign_in: str = ""


def whose_turn(case: Case, offers: Sequence[OfferCard], who: Acting, address: str) -> Next:
    """What a reader is told above the steps: that it is their turn, or whose it is."""
    if not offers:
        return Next(mine=_mine() if who.user else "")
    if any(o.form for o in offers):
        return Next(_("轮到您办理"), True, _mine())
    waiting = _("等待%(whom)s办理") % {"whom": _whom(case, offers)}
    if who.user is None:
        return Next(waiting, sign_in=f"{reverse('account_login')}?{urlencode({'next': address})}")
    return Next(waiting, mine=_mine())


def _mine() -> str:
    return f"{reverse('cases')}?view=mine"


def _whom(case: Case, offers: Sequence[OfferCard]) -> str:
    """The unit and the roles of the first step that is to be taken, as 东丽区政府（填报人、审核人）."""
    step = offers[0].step
    unit = {"office": case.office.label, "above": _("上级单位"), "any": _("任何单位")}.get(step.at, case.unit.label)
    roles = enumerated(named(r) for id in step.roles if (r := catalogue().find(Role, id)))
    return f"{unit}（{roles}）"


def said_next(case: Case, offers: Sequence[OfferCard], who: Acting) -> str:
    """After a step: what comes next, in one sentence."""
    mine = [o.name for o in offers if o.form]
    if mine:
        return _("接下来您可以：%(steps)s") % {"steps": enumerated(mine)}
    if not offers:
        return _("此事项已结束，没有后续步骤。")
    return _("接下来等待%(whom)s办理") % {"whom": _whom(case, offers)}


def handled_by(case: Case) -> Cell:
    """The unit that handles a case, by its name of the day on which it was closed."""
    named = case.unit.named_on(case.closed_on) if case.closed_on else case.unit
    return Cell(named.name, href=reverse("unit", args=[case.unit.code]))


def handled_before(case: Case) -> list[Cell] | str:
    """The units that handled it before a merger, each with its last day; empty where there is none."""
    gone = Handed.objects.filter(thing=f"case:{case.pk}").select_related("giver").order_by("on", "pk")
    return [
        Cell(
            h.giver.name,
            href=reverse("unit", args=[h.giver.code]),
            sub=_("至 %(day)s，其后并入 %(into)s") % {"day": h.on - timedelta(days=1), "into": h.taker.name},
        )
        for h in gone.select_related("giver", "taker")
    ] or ""


def handlers(story: Iterable[CaseHappening]) -> str:
    """The names of those who have handled a case, the latest first."""
    names = [h.event.actor for h in story if h.event.actor]
    return enumerated(dict.fromkeys(names))
