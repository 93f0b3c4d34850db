"""People and their posts, for administrators: open an account, give and end posts, shut, send a one-time link.

What takes two people (``two_people``) has pages of its own in ``people_two``.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jinzhi.apps.accounts.acting import PUBLIC, VISITOR, Acting
from jinzhi.apps.accounts.actions import (
    end_post,
    give_post,
    open_account,
    reset_password,
    set_active,
    stream_of,
)
from jinzhi.apps.accounts.models import Membership, User
from jinzhi.apps.accounts.persons import confirm, unconfirmed
from jinzhi.apps.accounts.reach import AccountRefused, grants, keeps, require_grant, require_keeper, seen
from jinzhi.apps.accounts.two_people import ADDRESS, FACTOR, open_asking
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.seals import verdicts
from jinzhi.apps.evidence.events.verb import event_of
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Role
from jinzhi.kernel.declare import Named
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.streams import PERSON
from jinzhi.kernel.text import id_of
from jinzhi.web.people.links import mail_link
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged, sort_of
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import enumerated, named, speak
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

SORTS = {"username": "username", "name": "name", "seen": "last_login"}
USERNAME = Field(
    id="username", zh="用户名", en="User name", max_length=120,
    help_zh="用于登录：字母、数字和 @ . + - _，建立后不再改变。",
    help_en="For signing in: letters, digits and @ . + - _; it stays as it is.",
)  # fmt: skip
NAME = Field(id="name", zh="姓名", en="Name", max_length=60)
EMAIL = Field(
    id="email", zh="邮箱", en="E-mail", max_length=254,
    help_zh="一次性链接寄到这里，由本人设置密码；请填本人的邮箱。",
    help_en="The one-time link goes here, and the person sets the password: enter the person's own address.",
)  # fmt: skip
UNIT = Field(id="unit", zh="单位", en="Unit", type=Type.UNIT)
SINCE = Field(id="since", zh="任职起始日", en="In office from", type=Type.DATE)
REASON = Field(id="reason", zh="原因", en="Reason", type=Type.LONG, max_length=500)
VERBS = ("shut", "open", "password", "end", "confirm")


def roles() -> tuple[Role, ...]:
    """The roles that somebody may hold: all but those of readers who have not signed in."""
    return tuple(r for r in catalogue().all(Role) if r.id not in (VISITOR, PUBLIC))


def role_field(who: Acting) -> Field:
    """The choice of a role among those that somebody may give at the own unit."""
    return Field(
        id="role", zh="角色", en="Role", type=Type.CHOICE,
        choices=tuple(Named(r.id, r.zh, r.en) for r in roles() if grants(who, r, who.unit)),
        help_zh="各角色能做什么，见事项目录。", help_en="The catalogue says what each role may do.",
    )  # fmt: skip


def in_office(post: Membership) -> bool:
    day = today()
    return post.since <= day and (post.until is None or post.until >= day)


def above() -> list[tuple[str, str]]:
    """The crumbs above one person."""
    return [(_("单位"), reverse("units")), (_("人员"), reverse("people"))]


def state_of(user: User) -> Tag:
    return Tag("可登录", "May sign in", "normal", "●") if user.is_active else Tag("已停用", "Shut", "closed", "□")


def refused(e: AccountRefused) -> str:
    return speak(e)


def person_of(who: Acting, pk: int) -> User:
    """The person of an address, among those whose accounts somebody sees; 404 for others."""
    return get_object_or_404(seen(who), pk=pk)


def post_words(post: Membership) -> str:
    return f"{post.unit.label} · {named(catalogue().get(Role, post.role))}"


@page(nav="units", scope="accounts.read")
def index(request: PageRequest) -> HttpResponse:
    """Everybody in reach with an account; ``q``, ``unit``, ``role``, ``state`` narrow the list."""
    who: Acting = request.acting
    text = request.GET.get("q", "").strip()[:80]
    unit = request.GET.get("unit", "").strip()[:80]
    role = choice(request, "role", [r.id for r in roles()])
    state = choice(request, "state", ("active", "shut"))
    _key, order = sort_of(request, SORTS, "username")
    found = User.objects.filter(pk__in=seen(who).values("pk")).order_by(order, "pk")
    if text:
        found = found.filter(Q(username__icontains=text) | Q(name__icontains=text))
    if unit:
        found = found.filter(memberships__unit__code=unit)
    if role:
        found = found.filter(memberships__role=role)
    if state:
        found = found.filter(is_active=state == "active")
    shown = paged(request, found.distinct().prefetch_related("memberships__unit"))
    rows = [
        TableRow(
            (
                Cell(str(u), href=reverse("person", args=[u.pk]), sub=u.username),
                "；".join(post_words(m) for m in u.memberships.all() if in_office(m)) or "—",
                f"{localtime(u.last_login):%Y-%m-%d %H:%M}" if u.last_login else "—",
                Cell(tag=state_of(u)),
            )
        )
        for u in shown
    ]
    units = Unit.objects.filter(memberships__isnull=False).distinct().order_by("path")
    filters = [
        Filter("q", _("姓名或用户名"), "text"),
        Filter("unit", _("单位"), options=[Option(u.code, u.label) for u in units]),
        Filter("role", _("角色"), options=[Option(r.id, named(r)) for r in roles()]),
        Filter("state", _("状态"), options=[Option("active", _("可登录")), Option("shut", _("已停用"))]),
    ]
    heads = (Column(_("人员"), "username"), Column(_("任职")), Column(_("上次登录"), "seen"), Column(_("状态")))
    nothing = Empty(_("没有找到人员"), _("去掉筛选条件，或开立新账号。"))
    context = {
        "crumbs": [(_("单位"), reverse("units"))],
        "filters": filters,
        "page": shown,
        "note": _("共 %(n)s 人") % {"n": shown.paginator.count},
        "table": Table(_("人员"), list(heads), rows, nothing, stack=True, caption_hidden=True),
        "may_write": who.may("accounts.write"),
    }
    return render(request, "people/index.html", context)


@never_cache
@page(nav="units", scope="accounts.write")
def new(request: PageRequest) -> HttpResponse:
    """Open an account with a first post; its password is set by the person, through a link sent by mail."""
    who: Acting = request.acting
    fields = (USERNAME, NAME, EMAIL, UNIT, role_field(who), SINCE)
    start = {"since": today().isoformat(), "unit": request.GET.get("unit", "")}
    form = FieldsForm(fields, request.POST or None, who=who, initial=start)
    status = 200
    if request.method == "POST":
        status = 422
        _seq, key = submitted(request)
        if before := event_of(key):  # the link is on its way already
            return redirect("person", pk=same_person(before))
        if form.is_valid():
            said = {k: str(v) for k, v in form.values.items()}
            try:
                user = open_account(
                    said["username"],
                    Unit.objects.get(code=said["unit"]),
                    said["role"],
                    name=said["name"],
                    email=said["email"],
                    since=date.fromisoformat(said["since"]),
                    who=who,
                    key=key,
                )
            except AccountRefused as e:
                form.add_error("role", refused(e))
            except ValidationError as e:
                refuse(form, e, "username")
            else:
                messages.success(request, _("已开立账号 %(u)s") % {"u": user.username})
                mail_link(request, user)
                return redirect("person", pk=user.pk)
    context = {
        "crumbs": above(),
        "title": _("开立账号"), "form": form, "back": reverse("people"),
    }  # fmt: skip
    return render(request, "form.html", context, status=status)


def same_person(before: Event) -> int:
    """Whose account an earlier submission was about."""
    return PERSON.number(before.stream)


def refuse(form: FieldsForm, e: ValidationError, field: str) -> None:
    """Set what the model found wrong beside its fields; what names none beside ``field``."""
    for name, texts in e.message_dict.items() if hasattr(e, "error_dict") else [(field, e.messages)]:
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


EVENT_WORDS = {
    "create": lambda d: _("开立账号 %(u)s") % {"u": d.get("username", "")},
    "give-post": lambda d: _("任职：%(p)s，自 %(day)s") % {"p": _where(d), "day": d.get("since", "")},
    "end-post": lambda d: _("任职结束：%(p)s，至 %(day)s") % {"p": _where(d), "day": d.get("until", "")},
    "shut": lambda d: _("停用账号：%(r)s") % {"r": d.get("reason", "")},
    "open": lambda d: _("恢复账号：%(r)s") % {"r": d.get("reason", "")},
    "reset-password": lambda d: _("重设密码：一次性链接寄给本人"),
    "choose-password": lambda d: _("本人用一次性链接设置了密码"),
    "set-address": lambda d: _("登记邮箱"),
    "ask-factor": lambda d: _("申请解除第二重验证：%(r)s") % {"r": d.get("reason", "")},
    "agree-factor": lambda d: _("第二人同意解除第二重验证"),
    "decline-factor": lambda d: _("不解除第二重验证"),
    "confirm-person": lambda d: _("第三人确认为本人：%(r)s") % {"r": d.get("reason", "")},
    "drop-factor": lambda d: _("操作员在本机解除了第二重验证：%(r)s") % {"r": d.get("reason", "")},
    "ask-address": lambda d: _("申请登记邮箱：%(r)s") % {"r": d.get("reason", "")},
    "agree-address": lambda d: _("第二人同意登记邮箱"),
    "decline-address": lambda d: _("不登记邮箱"),
}


def _where(data: dict[str, Any]) -> str:
    unit = Unit.objects.filter(code=data.get("unit", "")).first()
    role = catalogue().find(Role, str(data.get("role", "")))
    return f"{unit.label if unit else data.get('unit', '')} · {named(role) if role else data.get('role', '')}"


@page(nav="units", scope="accounts.read")
def person(request: PageRequest, pk: int) -> HttpResponse:
    """One person: posts, state, history; a form for a further post."""
    who: Acting = request.acting
    found = person_of(who, pk)
    may_write = who.may("accounts.write")
    own = who.user is not None and who.user.pk == pk
    fields = (UNIT, role_field(who), SINCE)
    form = FieldsForm(fields, request.POST or None, who=who, initial={"since": today().isoformat()})
    status = 200
    if request.method == "POST":
        if not may_write:
            return redirect("person", pk=pk)
        status = 422
        if form.is_valid():
            said = {k: str(v) for k, v in form.values.items()}
            place, begins = Unit.objects.get(code=said["unit"]), date.fromisoformat(said["since"])
            try:
                post = give_post(found, place, said["role"], since=begins, who=who, key=submitted(request)[1])
            except AccountRefused as e:
                form.add_error("role", refused(e))
            else:
                messages.success(request, _("已任职：%(p)s") % {"p": post_words(post)})
                return redirect("person", pk=pk)
    rows = []
    for post in found.memberships.select_related("unit").order_by("pk"):
        live = in_office(post)
        tag = Tag("在任", "In office", "normal", "●") if live else Tag("不在任期内", "Not in office", "closed", "□")
        span = f"{post.since:%Y-%m-%d} – " + (f"{post.until:%Y-%m-%d}" if post.until else "")
        end = f"{reverse('person_end', args=[pk])}?post={post.pk}"
        ends = may_write and live and grants(who, catalogue().get(Role, post.role), post.unit)
        rows.append(
            TableRow(
                (
                    Cell(post.unit.label, href=reverse("unit", args=[post.unit.code])),
                    named(catalogue().get(Role, post.role)),
                    span,
                    Cell(tag=tag),
                    Cell(_("结束任职"), href=end) if ends else "",
                )
            )
        )
    nothing = Empty(_("还没有任职"), _("没有任职的人登录后看不到业务内容。"))
    heads = [Column(h) for h in (_("单位"), _("角色"), _("起止"), _("状态"), _("操作"))]
    events = list(Event.objects.filter(stream=stream_of(found)).select_related("unit").order_by("-seq")[:50])
    checked = verdicts(events, whole=False)
    history = [
        TimelineItem(
            EVENT_WORDS[e.verb](e.data) if e.verb in EVENT_WORDS else e.verb, e.at, e.actor, seal=checked.of(e)
        )
        for e in events
    ]
    last_seen = f"{localtime(found.last_login):%Y-%m-%d %H:%M}" if found.last_login else _("未登录过")
    context = {
        "crumbs": above(),
        "person": found,
        "pairs": [
            (_("姓名"), found.name or "—"), (_("用户名"), found.username),
            (_("邮箱"), _("已登记") if found.email else _("没有登记")), (_("上次登录"), last_seen),
            (_("状态"), Cell(tag=state_of(found))),
        ],
        "posts": Table(_("任职"), heads, rows, nothing, stack=True),
        "form": form if may_write and not own else None,
        "keeps": may_write and keeps(who, found),
        "unconfirmed": enumerated(unconfirmed(found)) if may_write else "",
        "waiting": [what for what in (FACTOR, ADDRESS) if open_asking(found, what)],
        "history": history,
        "more": max(0, Event.objects.filter(stream=stream_of(found)).count() - len(history)),
        "own": own,
    }  # fmt: skip
    return render(request, "people/person.html", context, status=status)


@never_cache
@page(nav="units", scope="accounts.write")
def act(request: PageRequest, pk: int, verb: str) -> HttpResponse:
    """Ask once, then shut, open, end a post, confirm the person or send the one-time link that sets a new password."""
    who: Acting = request.acting
    found = person_of(who, pk)
    post = None
    try:
        if verb == "end":
            raw = request.GET.get("post", "")
            post = get_object_or_404(found.memberships.select_related("unit"), pk=id_of(raw) or 0)
            require_grant(who, catalogue().get(Role, post.role), post.unit)
        else:
            require_keeper(who, found)
    except AccountRefused as e:
        raise PermissionDenied(refused(e)) from None
    asks = verb in ("shut", "open", "confirm")
    form = FieldsForm((REASON,) if asks else (), request.POST or None, who=who)
    status = 200
    if request.method == "POST":
        status = 422
        _seq, key = submitted(request)
        if event_of(key):
            return redirect("person", pk=pk)
        if not asks or form.is_valid():
            try:
                if verb == "confirm":
                    confirm(found, reason=str(form.values["reason"]), who=who, key=key)
                elif asks:
                    set_active(found, verb == "open", reason=str(form.values["reason"]), who=who, key=key)
                elif post is not None:
                    end_post(post, who=who, key=key)
                else:
                    mail_link(request, reset_password(found, who=who, key=key))
            except AccountRefused as e:
                messages.error(request, refused(e))
            else:
                messages.success(request, _("已办理"))
                return redirect("person", pk=pk)
    titles = {"shut": _("停用账号"), "open": _("恢复账号"), "password": _("重设密码"), "end": _("结束任职")}
    titles["confirm"] = _("确认为本人")
    texts = {
        "confirm": _(
            "第三人确认：这个账号及其现有任职背后是另一个自然人，与开立者不是同一人。请当面核实，写明如何核实。"
        ),
        "shut": _("停用后此人不能登录，令牌不能使用；任职和历史保留，可以恢复。"),
        "open": _("恢复后此人可以用原来的密码登录。"),
        "password": _("原密码立即失效。一次性链接寄到本人登记的邮箱，由本人设置新密码；别人看不到。"),
        "end": _("立即结束；此人不能再以此身份办理，历史保留。"),
    }
    lead = f"{found}（{found.username}）" + (f" · {post_words(post)}" if post else "")
    context = {
        "crumbs": [*above(), (found, reverse("person", args=[pk]))],
        "title": titles[verb], "text": texts[verb], "lead": lead, "form": form if asks else None, "person": found,
    }  # fmt: skip
    return render(request, "people/verb.html", context, status=status)


urlpatterns = [
    path("people/", index, name="people"),
    path("people/new/", new, name="person_new"),
    path("people/<int:pk>/", person, name="person"),
    *(path(f"people/<int:pk>/{verb}/", act, {"verb": verb}, name=f"person_{verb}") for verb in VERBS),
]
