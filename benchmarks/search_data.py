"""Documents to search: the real gazette titles, and full records made from their words, alike in every run."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from random import Random

from jinzhi.kernel.query import Doc

GAZETTE = Path(__file__).resolve().parents[2] / "shared" / "data" / "patents" / "cn_gazette_2017h1.csv.gz"
STATES = (("有效", "专利权维持"), ("失效", "未缴年费专利权终止"), ("审中", "实质审查"), ("失效", "撤回"))
EVENTS = ("授权", "实质审查的生效", "专利权的转移", "未缴年费专利权终止", "专利实施许可合同备案的生效")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静磊军洋勇艳杰涛明超"
JOINS = (
    "包括",
    "，所述",
    "与",
    "连接，",
    "设置有",
    "、",
    "；其中，",
    "，其特征在于，",
    "。所述",
    "的",
    " and ",
    "不小于5mm的",
)


def gazette(most: int | None = None) -> Iterator[Doc]:
    """The rows of the gazette file: title, applicants, place, numbers, classes, days. Raises FileNotFoundError."""
    with gzip.open(GAZETTE, "rt", encoding="utf-8-sig") as file:
        for index, row in enumerate(csv.DictReader(file)):
            if index == most:
                return
            keys = {
                "pn": (row["publication_number"],),
                "an": (row["application_number"],),
                "ipc": tuple(one for one in row["ipc"].split(";") if one),
                "pa": tuple(one for one in row["applicants"].split(";") if one),
                "addr": (row["place"],),
            }
            if keys["ipc"]:
                keys["ipcm"] = keys["ipc"][:1]
            days = {"ad": row["filing_date"], "pd": row["publication_date"]}
            yield Doc(
                index + 1,
                row["publication_number"],
                {"ti": (row["title"],)},
                {code: values for code, values in keys.items() if any(values)},
                {code: int(day) for code, day in days.items() if day.isdigit()},
            )


class Records:
    """Full records: title, abstract, claims, description, names, events, counts; words and values of real rows."""

    def __init__(self, real: list[Doc], seed: int = 20261122):
        self.real, self.chance = real, Random(seed)

    def make(self, count: int, description: bool = True) -> Iterator[Doc]:
        """``count`` records. With a description about 1.5 KB each, else about 1 KB."""
        for number in range(1, count + 1):
            yield self._one(number, description)

    def _one(self, number: int, description: bool) -> Doc:
        chance, real = self.chance, self.real
        base = chance.choice(real)
        title = base.text["ti"][0]
        words = [title, *(chance.choice(real).text["ti"][0] for _ in range(3))]
        claims = [f"{n + 1}. 一种{self._sentence(words, 4)}" for n in range(chance.randint(1, 4))]
        text: dict[str, tuple[str, ...]] = {
            "ti": (title,),
            "ab": ("本发明公开了" + self._sentence(words, 8),),
            "clm": tuple(claims),
            "iclm": tuple(claims[:1]),
        }
        if description:
            text["desc_f"] = (self._sentence(words, 3),)
            text["desc_b"] = tuple(self._sentence(words, 3) for _ in range(2))
            text["desc_e"] = tuple(self._sentence(words, 4) for _ in range(chance.randint(1, 3)))
        state = chance.choice(STATES)
        applicants = base.keys.get("pa", ("个人",))
        keys = {
            **base.keys,
            "pn": (f"CN{100000000 + number}{chance.choice('AB')}",),
            "fam": (f"F{chance.randint(1, 9999999)}",),
            "in": tuple(
                chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.randint(1, 2)))
                for _ in range(chance.randint(1, 4))
            ),
            "own": applicants,
            "pan": (applicants[0].removesuffix("有限公司"),),
            "kd": (chance.choice("ABU"),),
            "typ": (chance.choice(("发明", "实用新型", "外观设计")),),
            "cc": ("CN",),
            "prov": (str(chance.randint(11, 65)),),
            "st": state[:1],
            "ls": state[1:],
            "le": tuple(chance.sample(EVENTS, k=chance.randint(0, 3))),
            "ct": tuple(chance.choice(real).number for _ in range(chance.randint(0, 3))),
        }
        counts = {"nclm": len(claims), "nfwd": int(chance.expovariate(0.3)), "nbwd": len(keys["ct"])}
        dates = dict(base.dates)
        if "pd" in dates and chance.random() < 0.6:
            dates["gd"] = dates["pd"]
        return Doc(
            number,
            keys["pn"][0],
            text,
            {code: tuple(values) for code, values in keys.items() if any(values)},
            dates,
            counts,
        )

    def _sentence(self, words: list[str], parts: int) -> str:
        made = []
        for _ in range(parts):
            word = self.chance.choice(words)
            start = self.chance.randint(0, max(0, len(word) - 3))
            made.append(word[start : start + self.chance.randint(2, 8)] + self.chance.choice(JOINS))
        return "".join(made) + "。"
