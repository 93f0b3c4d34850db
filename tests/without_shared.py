"""A pytest plugin: the suite as a stranger sees it, without ../shared. ``.ci/run`` loads it for a second, short run.

Only files are run again that hold a test marked ``shared``: nothing else looks at it (see ``conftest``). The marked
tests are left out, and all that stands beside them must pass without them.
"""

from __future__ import annotations

import os

import pytest

os.environ["JINZHI_SHARED"] = os.path.join(os.path.dirname(__file__), "nothing-is-here")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    looked = {item.path for item in items if item.get_closest_marker("shared")}
    keep, leave = [], []
    for item in items:
        beside = item.path in looked and not item.get_closest_marker("shared")
        (keep if beside else leave).append(item)
    items[:] = keep
    config.hook.pytest_deselected(items=leave)
