"""One's own account: signing in, posts, tokens, how the pages look."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jinzhi.apps.accounts.acting import Acting, memberships
from jinzhi.apps.accounts.actions import LONGEST, create_token, revoke_token, set_address
from jinzhi.apps.accounts.middleware import SESSION_KEY, acting
from jinzhi.apps.accounts.models import Membership, Token, User
from jinzhi.apps.catalogue.clock import installation, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.access import Role
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import back
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.forms import set_choices
from jinzhi.web.ui.language import named
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

YEAR = 365 * 24 * 3600
DEMO = "demo-"
#: what can be set in the reader's browser: name of the field, cookie, allowed values
PREFERENCES = {
    "theme": ("jz_theme", ("", "light", "dark")),
    "large": ("jz_large", ("0", "1")),
    "language": (settings.LANGUAGE_COOKIE_NAME, tuple(code for code, _name in settings.LANGUAGES)),
}
AREAS = {
    "plan": gettext_lazy("规划"),
    "report": gettext_lazy("进展报告"),
    "case": gettext_lazy("办理事项"),
    "register": gettext_lazy("名录"),
    "indicator": gettext_lazy("指标"),
    "units": gettext_lazy("单位"),
    "ops": gettext_lazy("运行维护"),
    "accounts": gettext_lazy("账号"),
}


@require_POST
def preferences(request: PageRequest) -> HttpResponse:
    """Theme, type size and language of this browser, kept in cookies for a year. A wrong value is a clear 400."""
    response = redirect(back(request))
    for field, (cookie, allowed) in PREFERENCES.items():
        if field not in request.POST:
            continue
        value = request.POST[field]
        if value not in allowed:
            raise BadRequest(_("设置 %(name)s 没有“%(value)s”这个选项") % {"name": field, "value": value[:40]})
        if value in ("", "0"):
            response.delete_cookie(cookie, samesite="Lax")
        else:
            response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    return response


@require_POST
@login_required
def switch(request: PageRequest) -> HttpResponse:
    """Act from now on in the name of another of one's own posts."""
    assert isinstance(request.user, User)
    held = {str(m.pk): m for m in memberships(request.user)}
    chosen = held.get(request.POST.get("membership", ""))
    if chosen is None:
        raise BadRequest(_("您没有这个任职，或者任职已经结束"))
    request.session[SESSION_KEY] = chosen.pk
    role = catalogue().get(Role, chosen.role)
    messages.success(request, _("已改用 %(unit)s · %(role)s") % {"unit": chosen.unit.label, "role": named(role)})
    return redirect(back(request))


def demo_people() -> list[Membership]:
    """The first post of each person whom a demonstration lets in with one click; nobody elsewhere."""
    here = installation()
    if here is None or not here.demo:
        return []
    posts = Membership.objects.filter(user__username__startswith=DEMO, user__is_active=True)
    first: dict[int, Membership] = {}
    for post in posts.select_related("user", "unit").order_by("pk"):
        first.setdefault(post.user_id, post)
    return list(first.values())


def role_of(post: Membership) -> Role:
    return catalogue().get(Role, post.role)


class Login(LoginView):
    """allauth's page of signing in, with the people of a demonstration beside it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = [{"post": p, "role": role_of(p)} for p in demo_people()]
        return {**super().get_context_data(**kwargs), "demo_people": people}


class ActivateTotp(ActivateTOTPView):
    """allauth's page, with its code on white: black on a dark page is not read by any camera."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        head, svg, rest = context["totp_svg"].partition("<path")
        plate = '<rect width="100%" height="100%" fill="#fff"/>'
        encoded = base64.b64encode(f"{head}{plate}{svg}{rest}".encode()).decode()
        return {**context, "totp_svg_data_uri": f"data:image/svg+xml;base64,{encoded}"}


@require_POST
def demo_login(request: PageRequest) -> HttpResponse:
    """Sign in as one of the invented people; outside a demonstration this address does not exist."""
    wanted = request.POST.get("username", "")
    post = next((p for p in demo_people() if p.user.username == wanted), None)
    if post is None:
        raise Http404(_("只有演示环境可以一键进入，并且只能使用演示人员"))
    login(request, post.user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(back(request))


class AddressForm(forms.Form):
    """Where one-time links go; whoever finds a page open cannot change it without the password."""

    email = forms.EmailField(label=gettext_lazy("邮箱"), max_length=254)
    password = forms.CharField(
        label=gettext_lazy("当前密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: User, data: Any = None):
        self.user = user
        super().__init__(data, initial={"email": user.email})

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("密码不正确"))
        return password


@login_required
def address(request: PageRequest) -> HttpResponse:
    """One's own address, to which the one-time link goes when a password is lost."""
    user = request.user
    assert isinstance(user, User)
    form = AddressForm(user, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            set_address(user, form.cleaned_data["email"], who=acting(request), key=submitted(request)[1])
            messages.success(request, _("邮箱已登记"))
            return redirect("profile")
        status = 422
    crumbs = [(_("我的账号"), reverse("profile"))]
    return render(request, "account/address.html", {"crumbs": crumbs, "form": form}, status=status)


@login_required
def profile(request: PageRequest) -> HttpResponse:
    """Who one is here: posts, tokens, second factor, how the pages look."""
    user = request.user
    assert isinstance(user, User)
    who = acting(request)
    day = today()
    posts = []
    for post in user.memberships.select_related("unit").order_by("pk"):
        ended = (post.until is not None and post.until < day) or post.since > day
        current = who is not None and post.pk == who.membership_id
        posts.append({"post": post, "role": role_of(post), "ended": ended, "current": current})
    last_login = f"{localtime(user.last_login):%Y-%m-%d %H:%M}" if user.last_login else ""
    second = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    return render(
        request,
        "account/profile.html",
        {
            "crumbs": [(_("首页"), "/")],
            "posts": posts,
            "second_factor": second,
            "token_count": live_tokens(user).count(),
            "may_tokens": who is not None and who.may("token.manage"),
            "may_operate": who is not None and who.may("ops.read"),
            "pairs": [
                (_("姓名"), user.name),
                (_("用户名"), user.username),
                (_("邮箱"), user.email or _("没有登记；忘记密码时一次性链接无处可寄")),
                (_("上次登录"), last_login),
            ],
        },
    )


def live_tokens(user: User) -> Any:
    return Token.objects.filter(membership__user=user, revoked_at=None, expires_on__gte=today())


def scope_choices(who: Acting) -> list[tuple[str, str]]:
    """Every scope the role holds, and for each whole area also reading alone; tokens themselves are left out."""
    out: dict[str, str] = {}
    for pattern in who.role.may:
        area, _dot, rest = pattern.partition(".")
        if area == "token":
            continue
        name = AREAS.get(area, area)
        if rest == "*":
            out.setdefault(f"{area}.read", _("%(area)s：只读") % {"area": name})
            out[pattern] = _("%(area)s：全部") % {"area": name}
        elif rest == "read":
            out[pattern] = _("%(area)s：只读") % {"area": name}
        else:
            out[pattern] = _("%(area)s：%(rest)s") % {"area": name, "rest": rest}
    return [(scope, f"{label} ({scope})") for scope, label in sorted(out.items())]


class TokenForm(forms.Form):
    """A new token: what it is for, what it may do, until when."""

    name = forms.CharField(label=gettext_lazy("用途"), max_length=80, help_text=gettext_lazy("例如：统计月报脚本"))
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("权限范围"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("令牌能做的不会超过当前身份；只选用得着的。"),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("有效期至"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("最长一年。"),
    )

    def __init__(self, *args: Any, who: Acting, **kwargs: Any):
        super().__init__(*args, **kwargs)
        set_choices(self, "scopes", scope_choices(who))

    def clean_expires_on(self) -> date:
        day: date = self.cleaned_data["expires_on"]
        if not today() < day <= today() + LONGEST:
            raise forms.ValidationError(_("有效期应晚于今天，最长一年"))
        return day


def token_table(user: User) -> Table:
    day = today()

    def state(token: Token) -> Tag:
        if token.revoked_at is not None:
            return Tag("已撤销", "Revoked", "closed", "□")
        if token.expires_on < day:
            return Tag("已过期", "Expired", "closed", "□")
        return Tag("有效", "Valid", "normal", "●")

    rows = []
    for token in Token.objects.filter(membership__user=user).select_related("membership__unit"):
        post = token.membership
        used = f"{token.used_at:%Y-%m-%d %H:%M}" if token.used_at else _("未用过")
        live = token.revoked_at is None and token.expires_on >= day
        rows.append(
            TableRow(
                (
                    Cell(token.name, sub=f"{token.prefix}…"),
                    Cell(post.unit.label, sub=named(role_of(post))),
                    ", ".join(token.scopes),
                    f"{token.expires_on:%Y-%m-%d}",
                    used,
                    Cell(tag=state(token)),
                    Cell(_("撤销"), href=reverse("token_revoke", args=[token.pk])) if live else "",
                )
            )
        )
    heads = (_("用途"), _("身份"), _("权限范围"), _("有效期至"), _("最近使用"), _("状态"), _("操作"))
    nothing = Empty(_("还没有令牌"), _("令牌供程序通过接口读写数据，以您的身份、在所选范围内。"))
    return Table(_("我的接口令牌"), [Column(h) for h in heads], rows, nothing, stack=True)


@never_cache
@page(nav="", scope="token.manage")
def tokens(request: PageRequest) -> HttpResponse:
    """One's tokens; a new one is shown once, in the answer to the form that made it."""
    who: Acting = request.acting
    assert who.user is not None
    secret = ""
    status = 200
    form = TokenForm(who=who, initial={"expires_on": today() + timedelta(days=90)})
    if request.method == "POST":
        form = TokenForm(request.POST, who=who)
        if form.is_valid():
            made = form.cleaned_data
            post = who.user.memberships.get(pk=who.membership_id or 0)
            _token, secret = create_token(
                post, made["name"], made["scopes"], made["expires_on"], who=who, key=submitted(request)[1]
            )
            if not secret:
                messages.info(request, _("令牌在第一次提交时已经建立，当时只显示过一次；没有记下的请撤销后另建"))
            form = TokenForm(who=who, initial={"expires_on": today() + timedelta(days=90)})
        else:
            status = 422
    context = {
        "crumbs": [(_("我的账号"), reverse("profile"))],
        "form": form,
        "secret": secret,
        "table": token_table(who.user),
    }
    return render(request, "tokens/index.html", context, status=status)


@page(nav="", scope="token.manage")
def token_revoke(request: PageRequest, pk: int) -> HttpResponse:
    """Ask once, then revoke; somebody else's token is not found."""
    who: Acting = request.acting
    token = get_object_or_404(Token.objects.select_related("membership"), pk=pk, membership__user=who.user)
    if request.method == "POST":
        revoke_token(token, who=who, key=submitted(request)[1])
        messages.success(request, _("令牌“%(name)s”已撤销，使用它的程序不能再访问") % {"name": token.name})
        return redirect("tokens")
    crumbs = [(_("我的账号"), reverse("profile")), (_("接口令牌"), reverse("tokens"))]
    return render(request, "tokens/revoke.html", {"token": token, "crumbs": crumbs})


urlpatterns = [
    path("preferences/", preferences, name="preferences"),
    path("acting/", switch, name="acting"),
    path("profile/", profile, name="profile"),
    path("profile/address/", address, name="address"),
    # allauth's own page of addresses: there is one address, and it is kept here
    path("accounts/email/", address, name="account_email"),
    path("tokens/", tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", token_revoke, name="token_revoke"),
    path("accounts/demo/", demo_login, name="demo_login"),
    path("accounts/login/", Login.as_view(), name="account_login"),
    path("accounts/2fa/totp/activate/", ActivateTotp.as_view(), name="mfa_activate_totp"),
]
