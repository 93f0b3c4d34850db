"""Addresses of this area."""

from django.urls import path

from jinzhi.web.registers.entry import entry, entry_erase
from jinzhi.web.registers.form import entry_edit, entry_new, entry_turn
from jinzhi.web.registers.index import export, index, register
from jinzhi.web.registers.sheet import preview, upload

urlpatterns = [
    path("registers/", index, name="registers"),
    path("registers/<slug:id>/", register, name="register"),
    path("registers/<slug:id>/export.xlsx", export, name="register-export"),
    path("registers/<slug:id>/new/", entry_new, name="entry-new"),
    path("registers/<slug:id>/import/", upload, name="register-import"),
    path("registers/<slug:id>/import/<slug:token>/", preview, name="register-import-preview"),
    path("registers/<slug:id>/<int:pk>/", entry, name="entry"),
    path("registers/<slug:id>/<int:pk>/edit/", entry_edit, name="entry-edit"),
    path("registers/<slug:id>/<int:pk>/erase/", entry_erase, name="entry-erase"),
    path("registers/<slug:id>/<int:pk>/<slug:turn>/", entry_turn, name="entry-turn"),
]
