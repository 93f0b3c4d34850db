"""An indicator in words: what is counted, on which condition, in the names that the declarations give."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.plan.queries import current
from jinzhi.kernel.expression import Condition, worded
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.indicator import TODAY, Count, Indicator, Median, Ratio, Scalar, Sum, parts
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.register import Register
from jinzhi.kernel.text import Words
from jinzhi.web.ui.language import named, speak

PLAIN_SOURCES = {
    "units": gettext_lazy("单位"),
    "custody:items": gettext_lazy("电子证据"),
    "plan:milestones": gettext_lazy("里程碑"),
    "plan:reports": gettext_lazy("进展报告"),
    "plan:rows": gettext_lazy("单位承担的规划任务"),
}
PLAIN_FIELDS = {
    "unit": gettext_lazy("单位"),
    "state": gettext_lazy("状态"),
    "office": gettext_lazy("发起单位"),
    "opened_on": gettext_lazy("发起日"),
    "closed_on": gettext_lazy("办结日"),
    "level": gettext_lazy("层级"),
    "contact": gettext_lazy("联络人"),
    "row_key": gettext_lazy("规划任务编号"),
    "code": gettext_lazy("编码"),
    "title": gettext_lazy("名称"),
    "due": gettext_lazy("完成时限"),
    "met_on": gettext_lazy("完成日"),
    "dropped_on": gettext_lazy("取消日"),
    "target": gettext_lazy("目标值"),
    "achieved": gettext_lazy("已完成"),
    "weight": gettext_lazy("权重"),
    "measured_in": gettext_lazy("计量单位"),
    "period": gettext_lazy("报告期"),
    "year": gettext_lazy("年度"),
    "submitted_on": gettext_lazy("提交日"),
    "approved_on": gettext_lazy("审核日"),
    "part": gettext_lazy("部分"),
    "section": gettext_lazy("章节"),
    "leads": gettext_lazy("牵头"),
    "served": gettext_lazy("已有系统支撑"),
    "bound": gettext_lazy("对应任务"),
    "plan": gettext_lazy("规划"),
    "kind": gettext_lazy("类型"),
    "way": gettext_lazy("取得方式"),
    "held": gettext_lazy("保全中"),
    "kept": gettext_lazy("在管"),
    "taken_in_on": gettext_lazy("入库日"),
    "disposed_on": gettext_lazy("处置日"),
}
CLOCK_FIELDS = {
    "due": gettext_lazy("%(clock)s的届满日"),
    "stopped": gettext_lazy("%(clock)s的停止日"),
    "status": gettext_lazy("%(clock)s的结果"),
    "first_due": gettext_lazy("首次%(clock)s的届满日"),
    "first_stopped": gettext_lazy("首次%(clock)s的停止日"),
}
CLOCK_STATUS = {
    "met": gettext_lazy("按期"),
    "late": gettext_lazy("逾期办理"),
    "expired": gettext_lazy("逾期未办"),
    "running": gettext_lazy("未到期"),
    "paused": gettext_lazy("中止中"),
    "undated": gettext_lazy("无法计算"),
    "none": gettext_lazy("不设期限"),
}
ENTRY_STATES = {"active": gettext_lazy("有效"), "closed": gettext_lazy("已注销")}
LEVELS = {
    "city": gettext_lazy("市"),
    "department": gettext_lazy("市级部门"),
    "district": gettext_lazy("区"),
    "bureau": gettext_lazy("区级部门"),
    "street": gettext_lazy("街镇"),
    "external": gettext_lazy("其他机关"),
}


class SourceWords:
    """The names of a source's fields and values."""

    def __init__(self, source: str):
        self.source = source
        kind, _colon, name = source.partition(":")
        self.register = catalogue().find(Register, name) if kind == "register" else None
        self.procedure = catalogue().find(Procedure, name) if kind == "procedure" else None

    def name(self) -> str:
        """What is counted; records of a plan say of which one."""
        declared = self.register or self.procedure
        if declared:
            return named(declared)
        source, _at, plan = self.source.partition("@")
        words = str(PLAIN_SOURCES.get(source, source))
        release = current(plan) if source.startswith("plan:") else None
        return f"{words}（{release.title}）" if release else words

    def declared(self, id: str) -> Field | None:
        return next((f for f in self.register.fields if f.id == id), None) if self.register else None

    def field(self, id: str) -> str:
        declared = self.declared(id)
        if declared is not None:
            return named(declared)
        if self.procedure is not None:
            # the longest name first: "answer_first_due" is no clock called "answer_first"
            for suffix in sorted(CLOCK_FIELDS, key=len, reverse=True):
                clock = next((c for c in self.procedure.clocks if f"{c.id.replace('-', '_')}_{suffix}" == id), None)
                if clock is not None:
                    return str(CLOCK_FIELDS[suffix]) % {"clock": named(clock)}
        return str(PLAIN_FIELDS.get(id, id))

    def value(self, id: str, value: Scalar) -> str:
        declared = self.declared(id)
        if value is None:
            return _("空")
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return f"{value:f}"
        if declared is not None and declared.type is Type.CHOICE:
            return next((named(c) for c in declared.choices if c.id == value), str(value))
        if id == "state" and self.procedure is not None:
            state = self.procedure.find_state(str(value))
            return named(state) if state else str(value)
        if id == "state" and self.register is not None:
            return str(ENTRY_STATES.get(str(value), value))
        if id.endswith("_status"):
            return str(CLOCK_STATUS.get(str(value), value))
        if id == "level":
            return str(LEVELS.get(str(value), value))
        return str(value)

    def condition(self, condition: Condition) -> str:
        """A condition in words; empty where it always holds."""
        return speak(worded(condition, _NamesOfPage(self)))


class _NamesOfPage:
    """Fields and values of a source as conditions name them, in the language of the page."""

    def __init__(self, source: SourceWords):
        self._source = source

    def path(self, path: str) -> Words:
        name = _("截至日") if path == TODAY.path else self._source.field(path)
        return Words(name, name)

    def value(self, path: str, value: object) -> Words:
        shown = self._source.value(path, value)  # type: ignore[arg-type]
        return Words(shown, shown)


def part(measure: Count | Sum | Median) -> str:
    """A simple measure in words."""
    words = SourceWords(measure.source)
    where = words.condition(measure.where)
    given = {"source": words.name(), "where": where}
    if isinstance(measure, Count):
        return _("“%(source)s”中%(where)s的数量") % given if where else _("“%(source)s”的数量") % given
    given["field"] = words.field(measure.field)
    if isinstance(measure, Sum):
        return (
            _("“%(source)s”中%(where)s的%(field)s之和") % given if where else _("“%(source)s”的%(field)s之和") % given
        )
    return (
        _("“%(source)s”中%(where)s的%(field)s的中位数") % given
        if where
        else _("“%(source)s”的%(field)s的中位数") % given
    )


def definition(indicator: Indicator) -> list[tuple[str, str]]:
    """What the number means, line by line."""
    measure = indicator.measure
    out: list[tuple[str, str]] = []
    if isinstance(measure, Ratio):
        out.append((_("分子"), part(measure.top)))
        out.append((_("分母"), part(measure.bottom)))
        out.append((_("算法"), _("分子 ÷ 分母 × %(scale)s") % {"scale": measure.scale}))
    else:
        out.append((_("算法"), part(measure)))
    if indicator.date_field:
        field = SourceWords(parts(measure)[0].source).field(indicator.date_field)
        out.append((_("时间口径"), _("年度数：%(field)s在当年 1 月 1 日至截至日之间的") % {"field": field}))
    else:
        out.append((_("时间口径"), _("时点数：截至日当天的状况")))
    out.append((_("好的方向"), _("越高越好") if indicator.direction == "up" else _("越低越好")))
    return out
