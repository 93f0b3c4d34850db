"""Addresses of this area."""

from django.urls import path

from jinzhi.web.custody import upload
from jinzhi.web.custody.correct import correct
from jinzhi.web.custody.folders import folder, folder_list
from jinzhi.web.custody.form import item_new
from jinzhi.web.custody.hands import answer, hands
from jinzhi.web.custody.item import act, item
from jinzhi.web.custody.items import export, index
from jinzhi.web.custody.versions import bundle, content, version_new

urlpatterns = [
    *upload.urlpatterns,
    path("custody/", index, name="custody"),
    path("custody/export.xlsx", export, name="custody-export"),
    path("custody/new/", item_new, name="custody-new"),
    path("custody/folders/", folder_list, name="custody-folders"),
    path("custody/folders/<int:pk>/", folder, name="custody-folder"),
    path("custody/hands/", hands, name="custody-hands"),
    path("custody/hands/<int:pk>/<slug:verb>/", answer, name="custody-answer"),
    path("custody/<slug:number>/", item, name="custody-item"),
    path("custody/<slug:number>/correct/", correct, name="custody-correct"),
    path("custody/<slug:number>/versions/new/", version_new, name="custody-version"),
    path("custody/<slug:number>/versions/<int:n>/content", content, name="custody-content"),
    path("custody/<slug:number>/versions/<int:n>/bundle.zip", bundle, name="custody-bundle"),
    path("custody/<slug:number>/do/<slug:verb>/", act, name="custody-act"),
]
