"""Accounts: people, the posts they hold at units, tokens for programs."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "jinzhi.apps.accounts"
    label = "accounts"
