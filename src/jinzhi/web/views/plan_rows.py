"""PLACEHOLDER of the lead: the helper who owns this area replaces it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from jinzhi.web.shell import page


@page(nav="rows", scope="plan.read")
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


urlpatterns = [path("plan/rows/", index, name="rows")]
