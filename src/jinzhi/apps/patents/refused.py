"""Why something that people write about searches is not taken."""

from __future__ import annotations


class SearchRefused(Exception):
    """What may not be written: ``zh``/``en`` say why and the way out, ``field`` the control that is wrong, if one is.

    ``at`` and ``end``: the place in a query.
    """

    def __init__(self, zh: str, en: str, field: str = "", at: int | None = None, end: int | None = None):
        self.zh, self.en, self.field, self.at, self.end = zh, en, field, at, end
        super().__init__(zh)
