"""Addresses of this area."""

from django.urls import path

from jinzhi.web.units import changes, page

urlpatterns = [
    path("units/new/", changes.add, name="unit-add"),
    path("units/<slug:code>/rename/", changes.rename, name="unit-rename"),
    path("units/<slug:code>/merge/", changes.merge, name="unit-merge"),
    path("units/<slug:code>/close/", changes.close, name="unit-close"),
    path("units/<slug:code>/undo/", changes.undo, name="unit-undo"),
    *page.urlpatterns,
]
