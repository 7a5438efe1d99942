"""omni.kit.test: test cases whose tests are coroutines of the application's loop."""

from __future__ import annotations

import inspect
import unittest
from typing import Any

from ..app import get_app

__all__ = ["AsyncTestCase", "AsyncTestCaseFailOnLogError", "get_tests_from_modules"]


class AsyncTestCase(unittest.TestCase):
    """A test case whose `setUp`, `tearDown` and tests may be coroutines; each runs one app frame after another."""

    def _callSetUp(self) -> None:
        self._finish(self.setUp())  # type: ignore[func-returns-value]

    def _callTearDown(self) -> None:
        self._finish(self.tearDown())  # type: ignore[func-returns-value]

    def _callTestMethod(self, method: Any) -> None:
        self._finish(method())

    def _callCleanup(self, function: Any, *args: Any, **kwargs: Any) -> None:
        self._finish(function(*args, **kwargs))

    @staticmethod
    def _finish(result: Any) -> None:
        if inspect.isawaitable(result):
            get_app().run_coroutine(result)

    async def wait_n_updates(self, count: int = 3) -> None:
        """Wait a number of app frames."""
        for _ in range(count):
            await get_app().next_update_async()


class AsyncTestCaseFailOnLogError(AsyncTestCase):
    """The same; the engine raises errors instead of logging them."""


def get_tests_from_modules(modules: list[Any], log: bool = False) -> list[unittest.TestCase]:
    """Return every test of the modules' test cases."""
    loader = unittest.defaultTestLoader
    tests: list[unittest.TestCase] = []
    for module in modules:
        for suite in loader.loadTestsFromModule(module):
            tests.extend(test for test in suite if isinstance(test, unittest.TestCase))  # type: ignore[union-attr]
    return tests
