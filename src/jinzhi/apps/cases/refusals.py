"""What a case refuses, in words."""

from __future__ import annotations

from collections.abc import Iterable

from jinzhi.kernel.fields import FieldError


class StepRefused(Exception):
    """A step that may not be taken. ``zh``/``en`` say why; ``errors`` are those of its inputs."""

    def __init__(self, zh: str, en: str, errors: tuple[FieldError, ...] = ()):
        self.zh, self.en, self.errors = zh, en, errors
        super().__init__(zh)


def refused(errors: Iterable[FieldError]) -> StepRefused:
    """What is wrong with the inputs of a step, each field named."""
    found = tuple(errors)
    zh = "请更正：" + "；".join(str(e) for e in found)
    return StepRefused(zh, "please mend: " + "; ".join(f"{e.field.en} {e.en}" for e in found), found)
