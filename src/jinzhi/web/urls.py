"""All addresses: each area of pages holds its own."""

from django.urls import include, path
from django.views.generic import RedirectView

from jinzhi.web.api.urls import urlpatterns as api_urls
from jinzhi.web.cases import urls as cases
from jinzhi.web.catalogue import urls as catalogue
from jinzhi.web.custody import urls as custody
from jinzhi.web.evidence import urls as evidence
from jinzhi.web.inbox import urls as inbox
from jinzhi.web.indicators import urls as indicators
from jinzhi.web.operations import urls as operations
from jinzhi.web.patents import urls as patents
from jinzhi.web.people import urls as people
from jinzhi.web.plan import urls as plan
from jinzhi.web.registers import urls as registers
from jinzhi.web.search import urls as search
from jinzhi.web.ui import gallery
from jinzhi.web.units import urls as units

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="cockpit"), name="home"),
    *plan.urlpatterns,
    *inbox.urlpatterns,
    *cases.urlpatterns,
    *patents.urlpatterns,
    *registers.urlpatterns,
    *custody.urlpatterns,
    *indicators.urlpatterns,
    *units.urlpatterns,
    *people.urlpatterns,
    *catalogue.urlpatterns,
    *search.urlpatterns,
    *evidence.urlpatterns,
    *operations.urlpatterns,
    *api_urls,
    *gallery.shown_to_developers(gallery.urlpatterns),
    path("accounts/", include("allauth.urls")),
]
