"""What a query may need at most, and how one is refused: in both languages, with the place in its text."""

from __future__ import annotations

from dataclasses import dataclass

#: past these a query fails and says the number; nothing is ever cut short
MAX_LENGTH = 300_000
MAX_WORDS = 20_000
MAX_WORD_LENGTH = 2000
MAX_DEPTH = 30
MAX_BRANCHES = 4096
MAX_SLOP_WORDS = 8
MAX_REFERENCES = 12
MAX_LEAVES = 50_000


class QueryError(ValueError):
    """A query that cannot be understood or run. ``at`` and ``end`` bound the place in its text (None: the whole)."""

    def __init__(self, zh: str, en: str, at: int | None = None, end: int | None = None):
        self.zh, self.en, self.at = zh, en, at
        self.end = end if end is not None else (None if at is None else at + 1)
        super().__init__(self.say("zh"))

    def say(self, language: str = "zh") -> str:
        """The message with the place, in Chinese (zh) or English (any other)."""
        if language.startswith("zh"):
            return self.zh if self.at is None else f"第 {self.at + 1} 个字符：{self.zh}"
        return self.en if self.at is None else f"character {self.at + 1}: {self.en}"


class TooWide(QueryError):
    """A query that needs more than the stated budget: ``needed`` of at most ``budget``."""

    def __init__(self, what_zh: str, what_en: str, needed: int, budget: int, at: int | None = None):
        self.needed, self.budget = needed, budget
        super().__init__(
            f"{what_zh}：需要 {needed}，上限 {budget}。请加限定词或缩小范围；系统不会截断结果",
            f"{what_en}: {needed} needed, {budget} allowed. Narrow the query; nothing is ever cut short",
            at,
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """What the searcher should know about how the query was read; ``kind`` is a short id for tests and icons."""

    kind: str
    zh: str
    en: str
    at: int = 0
