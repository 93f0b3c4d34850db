"""Names that mean one applicant: linked by people of the office, each link with its kind, time and source.

A link is never derived from how names look: 中国石油化工股份有限公司 is not 中国石油化工集团公司. Linking and unlinking
leave an event on the applicant's stream; the last of them can be taken back. Documents that bear the name are to be
indexed anew, since ``pan`` finds them by the applicant.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import F, QuerySet

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import Conflict, last_seq, record
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.patents.models import Alias, AliasKind, Applicant, Document, Named
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.kernel.streams import APPLICANT

#: who may say that two names mean one applicant
SCOPE = "patent.alias"
LINKED, UNLINKED, UNDONE = "alias-linked", "alias-unlinked", "alias-undone"


def stream_of(applicant: Applicant) -> str:
    return APPLICANT.of(applicant.pk)


def history(applicant: Applicant) -> QuerySet[Event]:
    """What was said about the names of an applicant, the last first."""
    return Event.objects.filter(stream=stream_of(applicant)).select_related("unit").order_by("-seq")


def meant_by(name: str) -> list[Alias]:
    """The applicants that a printed name is linked to."""
    return list(Alias.objects.filter(name=name).select_related("applicant").order_by("applicant__name"))


def _data(alias: Alias) -> dict[str, object]:
    return {
        "name": alias.name,
        "kind": alias.kind,
        "since": alias.since.isoformat() if alias.since else None,
        "until": alias.until.isoformat() if alias.until else None,
        "basis": alias.basis,
    }


def _may(who: Acting) -> None:
    if not who.may(SCOPE):
        raise SearchRefused(
            f"当前身份不能维护申请人名称（需要权限 {SCOPE}）", f"this role does not keep names of applicants ({SCOPE})"
        )


def _keeps(call: Call) -> None:
    _may(call.who)


def _locked(call: Call) -> Applicant:
    """The applicant, for one writer at a time; refused where it is stale."""
    applicant = Applicant.objects.select_for_update().get(pk=call.subject.pk)
    _not_stale(call, applicant)
    return applicant


def _not_stale(call: Call, applicant: Applicant) -> None:
    seq = last_seq(stream_of(applicant))
    if call.expected is not None and call.expected != seq:
        raise Conflict(stream_of(applicant), call.expected, seq)


def _locked_alias(call: Call) -> Alias:
    alias = Alias.objects.select_for_update(of=("self",)).select_related("applicant").filter(pk=call.subject.pk).first()
    if alias is None:
        raise SearchRefused("这一关联已经取消", "the names are not linked any more")
    _not_stale(call, alias.applicant)
    return alias


def _same_alias(call: Call, event: Event) -> Alias:
    there = Alias.objects.filter(
        applicant=call.subject, name=event.data["name"], kind=event.data["kind"]
    ).first()  # fmt: skip
    if there is None:
        raise SearchRefused("已关联，此后又取消了", "they were linked, and unlinked since")
    return there


def _unlinked(call: Call) -> dict[str, object]:
    """A link that is gone has no number any more: it is told by what it said."""
    return {**_data(call.subject), "applicant": call.subject.applicant_id, "reason": call.arguments["reason"]}


def _nothing(call: Call, event: Event) -> None:
    return None


def _same_event(call: Call, event: Event) -> Event:
    return event


@verb("patents", LINKED, right=_keeps, lock=_locked, again=_same_alias)
def link(
    applicant: Applicant,
    name: str,
    kind: str,
    *,
    since: date | None = None,
    until: date | None = None,
    basis: str,
    who: Acting,
    expected: int | None = None,
    key: str = "",
) -> Alias:
    """Say that a name means this applicant. Raises SearchRefused with the field, Conflict."""
    name = " ".join(name.split())
    _check(applicant, name, kind, since, until, basis)
    alias = Alias(applicant=applicant, name=name, kind=kind, since=since, until=until, basis=basis.strip())
    record(stream_of(applicant), LINKED, _data(alias), who=who, on=today(), expected=expected, key=key)
    alias.save(force_insert=True)
    _to_be_indexed(name)
    return alias


def _check(applicant: Applicant, name: str, kind: str, since: date | None, until: date | None, basis: str) -> None:
    if not name:
        raise SearchRefused("请写名称", "give the name", "name")
    if len(name) > 300:
        raise SearchRefused("名称最多 300 个字符", "a name has at most 300 characters", "name")
    if name == applicant.name:
        raise SearchRefused("这就是申请人自己的名称", "this is the applicant's own name", "name")
    if kind not in AliasKind.values:
        raise SearchRefused("请选择关系", "choose how the names relate", "kind")
    if not basis.strip():
        raise SearchRefused("请写依据，如登记信息或公告", "say what it rests on, such as a registration", "basis")
    if len(basis.strip()) > 300:
        raise SearchRefused("依据最多 300 个字符", "the source has at most 300 characters", "basis")
    if since and until and until < since:
        raise SearchRefused("结束日期不能早于开始日期", "the end must not be before the beginning", "until")
    if Alias.objects.filter(applicant=applicant, name=name, kind=kind).exists():
        raise SearchRefused("已有同样的关联", "the names are linked so already", "name")
    above = meant_by(applicant.name)
    if above:
        raise SearchRefused(
            f"“{applicant.name}”本身是“{above[0].applicant.name}”的别名，请在那里关联",
            f"“{applicant.name}” is itself another name of “{above[0].applicant.name}”: link it there",
            "name",
        )
    if Alias.objects.filter(applicant__name=name).exists():
        raise SearchRefused(
            f"“{name}”自己还有别名，请先把它们改到“{applicant.name}”名下",
            f"“{name}” has other names of its own: first link those to “{applicant.name}”",
            "name",
        )


@verb("patents", UNLINKED, right=_keeps, lock=_locked_alias, again=_nothing, content=_unlinked)
def unlink(alias: Alias, *, reason: str, who: Acting, expected: int | None = None, key: str = "") -> None:
    """Say that a name does not mean this applicant after all. Raises SearchRefused, Conflict."""
    if not reason.strip():
        raise SearchRefused("请写取消的理由", "say why", "reason")
    data = {**_data(alias), "reason": reason.strip()[:300]}
    record(stream_of(alias.applicant), UNLINKED, data, who=who, on=today(), expected=expected, key=key)
    name = alias.name
    alias.delete()
    _to_be_indexed(name)


@verb("patents", UNDONE, right=_keeps, lock=_locked, again=_same_event)
def undo(applicant: Applicant, *, who: Acting, expected: int, key: str = "") -> Event:
    """Take back what was last said. Raises SearchRefused where there is nothing to take back, Conflict."""
    last = history(applicant).first()
    if last is None or last.verb == UNDONE:
        raise SearchRefused("没有可以撤销的操作", "there is nothing to take back")
    if last.seq != expected:
        raise Conflict(stream_of(applicant), expected, last.seq)
    said: Mapping[str, str] = last.data
    event = record(
        stream_of(applicant), UNDONE, {"of": last.seq, "verb": last.verb, "name": said["name"], "kind": said["kind"]},
        who=who, on=today(), expected=expected, key=key,
    )  # fmt: skip
    same = Alias.objects.filter(applicant=applicant, name=said["name"], kind=said["kind"])
    if last.verb == LINKED:
        same.delete()
    else:
        Alias.objects.create(
            applicant=applicant, name=said["name"], kind=said["kind"], basis=said["basis"],
            since=_day(said["since"]), until=_day(said["until"]),
        )  # fmt: skip
    _to_be_indexed(str(said["name"]))
    return event


def seq_of(applicant: Applicant) -> int:
    """How many events a form about this applicant was made from."""
    return last_seq(stream_of(applicant))


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _to_be_indexed(name: str) -> None:
    bearing = Named.objects.filter(name=name).values("document")
    Document.objects.filter(pk__in=bearing).update(revision=F("revision") + 1)
