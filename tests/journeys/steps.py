"""Tests that are the steps of one journey, and still run alone and in any order.

    step = Steps()

    @step
    def test_it_is_uploaded(page): ...

    @step
    def test_it_is_stored(page): ...

A step first takes those before it that nobody has taken yet; one that was taken on the way to a later step is not
taken twice, and what it found then is what its own test says.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

Step = Callable[..., None]


class Steps:
    """The steps of a module, in the order they are written."""

    def __init__(self) -> None:
        self.order: list[Step] = []
        self.taken: set[Step] = set()
        self.failed: dict[Step, BaseException] = {}

    def __call__(self, step: Step) -> Step:
        self.order.append(step)

        def test(request: pytest.FixtureRequest) -> None:
            self.reach(step, request)

        test.__name__, test.__doc__, test.__module__ = step.__name__, step.__doc__, step.__module__
        return test

    def reach(self, goal: Step, request: pytest.FixtureRequest) -> None:
        for step in self.order[: self.order.index(goal) + 1]:
            if step not in self.taken:
                self._take(step, request)
            if step in self.failed:
                if step is goal:
                    raise self.failed[step]
                pytest.fail(f"the step before, {step.__name__}, failed: {self.failed[step]}")

    def _take(self, step: Step, request: pytest.FixtureRequest) -> None:
        self.taken.add(step)
        given: dict[str, Any] = {name: request.getfixturevalue(name) for name in inspect.signature(step).parameters}
        try:
            step(**given)
        except (Exception, pytest.fail.Exception) as e:
            self.failed[step] = e
