"""Finding a case or a procedure for a reader."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.procedure import Procedure


def find_case(who: Acting, pk: int) -> Case:
    """The case, if ``who`` sees it; a case of others is as good as not there."""
    seen = Case.objects.visible_to(who).select_related("unit", "office", "parent")
    return get_object_or_404(seen, pk=pk)


def declared(id: str) -> Procedure:
    procedure = catalogue().find(Procedure, id)
    if procedure is None:
        raise Http404(_("没有名为“%(id)s”的事项") % {"id": id})
    return procedure
