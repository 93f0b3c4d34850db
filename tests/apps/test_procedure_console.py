"""``jinzhi procedure``: a history folded by hand, without a database."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.procedure import Example, Procedure


def said(*command: str) -> str:
    out = StringIO()
    call_command("procedure", *command, stdout=out)
    return out.getvalue()


def folded(tmp_path: Path, id: str, history: str, *more: str) -> str:
    file = tmp_path / "history.txt"
    file.write_text(history, encoding="utf-8")
    return said("fold", id, str(file), *more)


def test_all_are_listed_and_each_is_shown():
    listed = said("list")
    for procedure in catalogue().all(Procedure):
        assert procedure.id in listed
        shown = said("show", procedure.id)
        assert all(step.id in shown for step in procedure.steps)


EXAMPLES = [(p.id, e) for p in catalogue().all(Procedure) for e in p.examples if isinstance(e, Example)]


@pytest.mark.parametrize(("id", "example"), EXAMPLES, ids=[f"{id}-{e.name}" for id, e in EXAMPLES])
def test_every_example_comes_out_on_the_console(tmp_path, id, example):
    on = ("--on", example.on.isoformat()) if example.on else ()
    out = folded(tmp_path, id, example.history, *on)
    assert out.startswith(f"{example.state}  ")
    for clock, expected in example.clocks.items():
        lines = [line for line in out.splitlines() if line.startswith((f"  ⏱ {clock} ", f"  ⏱ {clock}["))]
        assert any(expected in line for line in lines), (clock, expected, lines)


def test_the_working_is_said_day_by_day(tmp_path):
    out = folded(tmp_path, "report", "2026-02-09  open\n", "--working")
    assert "verify  running  2026-03-06" in out
    assert "2026-02-15 – 2026-02-23  春节放假" in out
    assert "2026-02-28 – 2026-02-28  调休上班" in out


@pytest.mark.parametrize(
    ("history", "why"),
    [
        ("", "没有事件"),
        ("not-a-day  open\n", "读不懂"),
        ("2026-02-09  fly\n", "没有步骤 fly"),
        ("2026-02-09\n", "读不懂"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, history, why):
    with pytest.raises(CommandError, match=why):
        folded(tmp_path, "report", history)


def test_a_procedure_that_is_not_there_is_said_with_those_that_are():
    with pytest.raises(CommandError, match=r"可用：.*penalty"):
        said("show", "nothing")
