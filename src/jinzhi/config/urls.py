"""The root of all addresses: everything is declared in jinzhi.web.urls."""

from django.urls import include, path

urlpatterns = [path("", include("jinzhi.web.urls"))]

handler400 = "jinzhi.web.shell.errors.bad_request"
handler403 = "jinzhi.web.shell.errors.forbidden"
handler404 = "jinzhi.web.shell.errors.not_found"
handler500 = "jinzhi.web.shell.errors.server_error"
