"""The published rule of the lights. It is a rule of the platform, not of a law; a new one is a new value."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.status import LightRule

lights_2021 = LightRule(
    id="lights-2021",
    zh="亮灯规则",
    en="Rule of the lights",
    serves=("K5",),
    since=date(2021, 1, 1),
    ahead_from=Decimal("1.05"),
    normal_from=Decimal("0.90"),
    risk_from=Decimal("0.70"),
    late_after_days=30,
    soon_days=14,
    next_review=date(2027, 6, 30),
    why="Progress typed by hand is never used: a light follows from milestones, dates and approved figures.",
)
