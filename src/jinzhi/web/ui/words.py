"""Words of closed lists that the pages of several areas use."""

from django.utils.translation import gettext_lazy

LEVEL_NAMES = {
    "city": gettext_lazy("市"),
    "department": gettext_lazy("市级部门"),
    "district": gettext_lazy("区"),
    "bureau": gettext_lazy("区级部门"),
    "street": gettext_lazy("街镇"),
    "external": gettext_lazy("其他单位"),
}
