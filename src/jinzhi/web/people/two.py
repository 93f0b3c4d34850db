"""What takes two administrators: taking a lost second factor off, entering an address. One asks, another agrees."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.models import User
from jinzhi.apps.accounts.persons import two_persons
from jinzhi.apps.accounts.reach import AccountRefused, require_keeper
from jinzhi.apps.accounts.two_people import ADDRESS, FACTOR, answer, ask, open_asking
from jinzhi.apps.evidence.events.verb import event_of
from jinzhi.web.people.page import EMAIL, REASON, above, person_of, refuse, refused
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import speak


def _ask(request: PageRequest, found: User, what: str, form: FieldsForm, who: Acting) -> bool:
    """The first person's word; False where it was refused, and the form or a message says why."""
    said = {k: str(v or "") for k, v in form.values.items()}
    try:
        if what == ADDRESS:
            validate_email(said["email"])
        ask(found, what, reason=said["reason"], email=said.get("email", ""), who=who, key=submitted(request)[1])
    except ValidationError as e:
        refuse(form, e, "email")
    except AccountRefused as e:
        messages.error(request, refused(e))
    else:
        messages.success(request, _("已申请，等待另一位管理员确认"))
        return True
    return False


def _answer(request: PageRequest, found: User, what: str, who: Acting) -> bool:
    """The second person's word; False where it was refused, and a message says why."""
    said = request.POST.get("answer", "")
    if said not in ("agree", "decline"):
        raise BadRequest(_("没有这项操作"))
    try:
        answer(found, what, said == "agree", who=who, key=submitted(request)[1])
    except AccountRefused as e:
        messages.error(request, refused(e))
        return False
    messages.success(request, _("已办理"))
    return True


@never_cache
@page(nav="units", scope="accounts.write")
def two(request: PageRequest, pk: int, what: str) -> HttpResponse:
    """Ask, or answer what another administrator asked."""
    who: Acting = request.acting
    found = person_of(who, pk)
    try:
        require_keeper(who, found)
    except AccountRefused as e:
        raise PermissionDenied(refused(e)) from None
    asked = open_asking(found, what)
    fields = (EMAIL, REASON) if what == ADDRESS else (REASON,)
    form = FieldsForm(fields, request.POST if request.method == "POST" and asked is None else None, who=who)
    status = 200
    if request.method == "POST":
        if event_of(submitted(request)[1]):
            return redirect("person", pk=pk)
        if asked is not None:
            done = _answer(request, found, what, who)
        else:
            done = form.is_valid() and _ask(request, found, what, form, who)
        if done:
            return redirect("person", pk=pk)
        status = 422
    texts = {
        FACTOR: _("此人丢失了验证器和恢复码时使用。解除后凭密码即可登录，应当面核实身份，并请本人重新启用。"),
        ADDRESS: _("以后的一次性链接寄到这个邮箱。应当面核实是本人的邮箱。"),
    }
    context = {
        "crumbs": [*above(), (found, reverse("person", args=[pk]))],
        "title": {FACTOR: _("解除第二重验证"), ADDRESS: _("登记邮箱")}[what],
        "text": texts[what],
        "person": found,
        "form": form,
        "asked": asked,
        "not_two": speak(two_persons(asked, who)) if asked is not None else "",
        "own": asked is not None and who.user is not None and asked.user_id == who.user.pk,
    }
    return render(request, "people/two.html", context, status=status)


urlpatterns = [
    path(f"people/<int:pk>/{what}/", two, {"what": what}, name=f"person_{what}") for what in (FACTOR, ADDRESS)
]
