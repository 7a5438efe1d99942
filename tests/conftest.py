"""Shared by all tests: array annotations of the engine's pure rooms are checked at run time, shapes and dtypes included."""

from collections.abc import Iterator

import pytest
from jaxtyping import config, install_import_hook

CHECKED = ("engine.annotate", "engine.graph", "engine.render", "engine.stage")
install_import_hook(list(CHECKED), "array_types.checked")


@pytest.fixture
def unchecked() -> Iterator[None]:
    """Switch the check of annotations off in a test that measures memory: the checker keeps what it has seen."""
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)
