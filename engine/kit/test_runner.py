"""Run the tests of one module and print what unittest prints."""

from __future__ import annotations

import sys
import unittest

from .script import import_module
from .test import get_tests_from_modules


def run_module(name: str, pattern: str = "") -> int:
    """Run the tests of a module (or of a .py file) and return 0 if all passed and there was at least one.

    Args:
        name: module name or path of a Python file.
        pattern: run only tests whose id holds one of these texts (separated by commas).
    """
    parts = pattern.split(",")
    found = get_tests_from_modules([import_module(name)])
    tests = [test for test in found if any(part in test.id() for part in parts)]
    if not tests:
        print(f"no test in '{name}' holds '{pattern}' in its name", file=sys.stderr)
        return 1
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2).run(unittest.TestSuite(tests))
    return 0 if result.wasSuccessful() else 1
