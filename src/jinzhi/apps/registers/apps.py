"""Registers: any declared register, kept."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "jinzhi.apps.registers"
    label = "registers"
