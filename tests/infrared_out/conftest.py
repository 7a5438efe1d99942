"""Small scenarios with infrared outputs, made in this process."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dataset.conftest import Studio, clean, members, one_code, small, studio  # noqa: F401 - fixtures

OUTPUTS = ["rgb", "depth", "instance", "boxes", "thermal_lwir", "thermal_mwir", "nir850", "ir_depth", "ir_truth"]
EVERYTHING = ["tlinear", "agc", "radiance", "temperature", "raw16"]


def warm(outputs: list[str] | None = None, path: str = "auto", **cameras: dict[str, Any]) -> dict[str, Any]:
    """Return the small scenario with infrared outputs; cameras by output."""
    document = small(frames=2, outputs=list(OUTPUTS if outputs is None else outputs))
    document["infrared"] = {
        "weather": {"air_temperature": 290.15, "hour": 14.0},
        "temperatures": {"mug": 330.0, "can": 278.0},
        "path": path,
        "cameras": cameras,
    }
    return document


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A dataset with every infrared output and format, its thermal cameras without faults."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPLICANT_CODE_VERSION", "test")
        lwir = {"formats": EVERYTHING, "palette": "iron", "ideal": True}
        document = warm(thermal_lwir=lwir, thermal_mwir={"formats": ["tlinear", "radiance"]}, nir850={"bits": 16})
        return Studio(tmp_path_factory.mktemp("everything")).make(document)
