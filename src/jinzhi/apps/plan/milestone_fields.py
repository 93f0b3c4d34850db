"""What a milestone is asked and may be changed: one meaning for the form, the sheet and the verb."""

from __future__ import annotations

from decimal import Decimal

from jinzhi.kernel.declare import Named
from jinzhi.kernel.fields import Field, Type

SMALLEST = Decimal("0.01")
LARGEST = Decimal("99999999999999.99")
TITLE = Field(id="title", zh="里程碑", en="Milestone", max_length=300)
DUE = Field(id="due", zh="完成期限", en="Due", type=Type.DATE, help_zh="应在规划期内", help_en="within the plan's term")
TARGET = Field(id="target", zh="目标值", en="Target", type=Type.DECIMAL, min=Decimal(0), max=LARGEST,
               help_zh="只看是否完成的，填 1", help_en="1 where it is done or not")  # fmt: skip
DIRECTION = Field(
    id="direction", zh="方向", en="Direction", type=Type.CHOICE, required=False,
    choices=(Named("up", "越大越好：达到或超过目标值为完成", "the more the better: met at the target or above"),
             Named("down", "越小越好：不高于目标值为完成", "the less the better: met at the target or below")),
)  # fmt: skip
MEASURED_IN = Field(id="measured_in", zh="计量单位", en="Measured in", max_length=20, help_zh="如 项、件、万元")
WEIGHT = Field(id="weight", zh="权重", en="Weight", type=Type.DECIMAL, min=SMALLEST, max=Decimal("999999.99"),
               help_zh="在完成率中占多少份，一般为 1", help_en="its part in the share done, usually 1")  # fmt: skip
CHANGED = (TITLE, DUE, TARGET, MEASURED_IN, DIRECTION, WEIGHT)
