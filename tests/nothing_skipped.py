"""A pytest plugin: with JINZHI_REQUIRE_ALL=1 a skipped test is a failed test. `make test` loads it.

Where the machine has no ../shared, JINZHI_WITHOUT_SHARED=1 lets those be skipped that need it, and no others.

A test may be skipped on a desk that lacks a browser or a font; in CI everything is installed, and a skip would
only hide that it is not.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure that names the reason given for it. An expected failure stays one."""
    if os.environ.get("JINZHI_REQUIRE_ALL") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if os.environ.get("JINZHI_WITHOUT_SHARED") == "1" and "../shared/" in reason:
            return
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: not run, though JINZHI_REQUIRE_ALL=1. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    refuse_skip(report)
    return report
