"""The root of all addresses: everything is declared in jinzhi.web.urls."""

from django.urls import include, path

urlpatterns = [path("", include("jinzhi.web.urls"))]

handler400 = "jinzhi.web.errors.bad_request"
handler403 = "jinzhi.web.errors.forbidden"
handler404 = "jinzhi.web.errors.not_found"
handler500 = "jinzhi.web.errors.server_error"
