"""The page that a one-time link opens: the person sets a password. Nobody is signed in by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from jinzhi.apps.accounts.actions import choose_password
from jinzhi.apps.accounts.links import user_of
from jinzhi.apps.accounts.models import User
from jinzhi.web.shell.requests import PageRequest

NEW = {"autocomplete": "new-password"}


class PasswordForm(forms.Form):
    """A new password, twice."""

    password1 = forms.CharField(label=gettext_lazy("新密码"), strip=False, widget=forms.PasswordInput(attrs=NEW))
    password2 = forms.CharField(label=gettext_lazy("再输一次"), strip=False, widget=forms.PasswordInput(attrs=NEW))

    def __init__(self, user: User, data: Mapping[str, Any] | None = None):
        self.user = user
        super().__init__(data)

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean_password2(self) -> str:
        password: str = self.cleaned_data["password2"]
        if self.cleaned_data.get("password1", password) != password:
            raise ValidationError(_("两次输入的密码不一致"))
        return password


@never_cache
@sensitive_post_parameters()
@transaction.atomic
def choose(request: PageRequest, uid: str, token: str) -> HttpResponse:
    """Set the password; a link that was used or is too old says so and whom to ask."""
    user = user_of(uid, token)
    if user is None:
        return render(request, "account/link_spent.html", status=410)
    # of two who use it at once, the second finds it used
    User.objects.select_for_update().get(pk=user.pk)
    user = user_of(uid, token)
    if user is None:
        return render(request, "account/link_spent.html", status=410)
    form = PasswordForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        choose_password(user, form.cleaned_data["password1"])
        messages.success(request, _("密码已设置，请用新密码登录"))
        return redirect("account_login")
    status = 422 if request.method == "POST" else 200
    return render(request, "account/choose_password.html", {"form": form, "person": user}, status=status)


def forgotten(request: PageRequest) -> HttpResponse:
    """Nobody resets a password from outside: the administrator sends the link."""
    messages.info(request, _("忘记密码请联系本单位管理员，一次性链接会寄到您登记的邮箱"))
    return redirect("account_login")


urlpatterns = [
    path("accounts/choose/<str:uid>/<str:token>/", choose, name="choose_password"),
    path("accounts/password/reset/", forgotten, name="account_reset_password"),
]
