"""What keeps the mark ``shared`` true: a marked test is skipped without the data, an unmarked one may not look."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared import SHARED

_PLACE = str(SHARED.resolve())
_looked: list[str] = []


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event == "open" and isinstance(args[0], str) and args[0].startswith((_PLACE, str(SHARED))):
        _looked.append(args[0])


sys.addaudithook(_watch)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("shared"):
        path = str(mark.args[0])
        if not (SHARED / path).exists():
            pytest.skip(f"../shared/{path} is not here")


@pytest.fixture(autouse=True)
def shared_is_said(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that opens something of ../shared carries the mark that says so."""
    _looked.clear()
    yield
    if _looked and not request.node.get_closest_marker("shared"):
        path = Path(_looked[0]).resolve()
        name = path.relative_to(_PLACE) if path.is_relative_to(_PLACE) else path.name
        pytest.fail(f'this test opened ../shared/{name}: mark it: @pytest.mark.shared("{name}")')
