"""Lines of the log: one line is one record, whatever a name or an address holds; refusals have no traceback."""

from __future__ import annotations

import logging
import re

#: what ends a line or moves the cursor for some reader of logs
BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def one_line(text: str) -> str:
    """The text with every line break and control character written out."""
    return BREAKS.sub(lambda m: f"\\x{ord(m[0]):02x}" if ord(m[0]) < 256 else f"\\u{ord(m[0]):04x}", text)


class LineFormatter(logging.Formatter):
    """``time LEVEL logger message``. Lines of a traceback begin with a bar, so that none can pass for a record."""

    def format(self, record: logging.LogRecord) -> str:
        told = logging.makeLogRecord({**record.__dict__, "exc_text": None})
        # a request that was refused (403, 404, 400) is an answer, not a failure of ours
        if getattr(record, "status_code", 500) < 500:
            told.exc_info = None
        told.msg, told.args = one_line(record.getMessage()), None
        told.name = one_line(record.name)
        return super().format(told)

    def formatException(self, ei: object) -> str:
        lines = super().formatException(ei).splitlines()  # type: ignore[arg-type]
        return "\n".join(f"  | {one_line(line)}" for line in lines)
