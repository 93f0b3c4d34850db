"""在管电子证据: items of electronic evidence kept on the day."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.expression import Is
from jinzhi.kernel.indicator import Count, Indicator, IndicatorCase

evidence_kept = Indicator(
    id="evidence-kept",
    zh="在管电子证据",
    en="Electronic evidence kept",
    serves=("P3",),
    next_review=date(2027, 6, 30),
    why="看电子存证在办案中用得多不多。数当天在库的证据，已处置的不计；同一内容分别入库的各计一件。",
    measure=Count("custody:items", Is("kept", True)),
    unit="件",
    unit_en="items",
    breakdowns=("unit", "kind"),
    decimals=0,
    owner="tj-ip-office",
    examples=(
        IndicatorCase(
            "what was disposed of or not yet taken in is not kept",
            {"custody:items": ({"kept": True}, {"kept": True}, {"kept": False})},
            date(2026, 11, 22), Decimal(2),
        ),
    ),
)  # fmt: skip
