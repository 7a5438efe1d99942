"""A scenario: one YAML file, checked whole before anything is made."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from scenes.errors import ScenarioError
from scenes.infrared.settings import Infrared, read_infrared
from scenes.keys import check_keys
from scenes.limits import check_limits
from scenes.steps import Step, check_name, read_steps
from scenes.typecheck import check_call, check_value
from scenes.yaml_reader import find_scenario, read_document


@dataclass(frozen=True)
class Quality:
    """How colour is rendered: RTX's two modes by name; rt_subframes lets RTX settle and costs nothing elsewhere."""

    mode: Literal["realtime", "pathtracing"] = "realtime"
    samples: int = 8
    denoise: bool = True
    max_bounces: int = 4
    rt_subframes: int = 4


@dataclass(frozen=True)
class Scenario:
    """A checked scenario; see docs/scenarios.md for the keys. `document` is the mapping it was read from."""

    file: str
    name: str
    description: str = ""
    seed: int = 1
    frames: int = 16
    resolution: tuple[int, int] = (640, 480)
    up_axis: Literal["Y", "Z"] = "Z"
    meters_per_unit: float = 1.0
    classes: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    writer: dict[str, Any] = field(default_factory=dict)
    quality: Quality = field(default_factory=Quality)
    scene: list[Step] = field(default_factory=list)
    cameras: dict[str, dict[str, Any]] = field(default_factory=dict)
    randomizers: list[Step] = field(default_factory=list)
    infrared: Infrared = field(default_factory=lambda: Infrared(outputs=()))
    license: str = "unknown"
    document: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


def camera_options(
    focal_length: float = 24.0,
    horizontal_aperture: float = 20.955,
    focus_distance: float = 400.0,
    f_stop: float = 0.0,
    clipping_range: tuple[float, float] = (0.1, 10000.0),
    position: tuple[float, float, float] = (0.0, 0.0, 0.0),
    look_at: tuple[float, float, float] | None = None,
    clearance: float = 0.0,
) -> None:
    """Declare the keys of one camera; millimetres for lens and film, metres for the rest.

    `clearance` is how far from the camera the box that `scatter` can be told to avoid reaches; 0 is none.
    """


def writer_options(
    format: Literal["webdataset", "parquet", "mds"] = "webdataset",
    samples_per_shard: int = 256,
    image_format: Literal["jpg", "png"] = "jpg",
    depth_scale: float = 0.001,
    preview: int = 8,
    exports: list[str] | None = None,
    on_error: Literal["stop", "skip"] = "stop",
) -> None:
    """Declare the keys of `writer`.

    Args:
        format: of the shards.
        samples_per_shard: most samples in one shard; the views of a frame stay together.
        image_format: of RGB.
        depth_scale: metres of one unit of the 16-bit depth PNG.
        preview: rows of the contact sheet.
        exports: label formats written beside the shards; COCO where none are named and there are RGB and boxes.
        on_error: what a frame that cannot be made does: end the run, or be left out and noted.
    """


DEFAULT_OUTPUTS = ("rgb", "depth", "semantic", "instance", "boxes")
_PLAIN: dict[str, Any] = {
    "name": str,
    "description": str,
    "seed": int,
    "frames": int,
    "resolution": tuple[int, int],
    "classes": list[str],
    "outputs": list[str],
    "license": str,
}


def load_scenario(path: str | Path, overrides: dict[str, Any] | None = None) -> Scenario:
    """Read and check a scenario file.

    Args:
        path: the YAML file.
        overrides: values from the command line that replace the file's, by key; a key may be "writer.format".

    Raises:
        ScenarioError: naming the file and key, or the option of the command line, for anything that is wrong.
    """
    file = str(find_scenario(path))
    given = {k: v for k, v in (overrides or {}).items() if v is not None}
    try:
        return parse_scenario(_overridden(read_document(file), given), file)
    except ScenarioError as error:
        for key in given:
            if re.match(rf"{re.escape(key)}($|[.\[])", error.key):
                option = f"--{key.rpartition('.')[2].replace('_', '-')}"
                raise ScenarioError(error.key.replace(key, option, 1), error.message) from None
        raise ScenarioError(error.key, error.message, file) from None


def _overridden(document: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    result = dict(document)
    for key, value in given.items():
        top, _, below = key.partition(".")
        inner = result.get(top)
        if not below:
            result[top] = value
        elif inner is None or isinstance(inner, dict):
            result[top] = {**(inner or {}), below: value}
    return result


def parse_scenario(document: dict[str, Any], file: str = "") -> Scenario:
    """Check a scenario that is already a mapping.

    Raises:
        ScenarioError: naming the wrong key.
    """
    check_keys(document, [*_PLAIN, "stage", "writer", "quality", "scene", "cameras", "randomizers", "infrared"], "")
    values = {k: check_value(document[k], kind, k) for k, kind in _PLAIN.items() if k in document}
    defaults = {"name": Path(file).stem or "scenario", "outputs": list(DEFAULT_OUTPUTS)}
    scenario = Scenario(
        file=file,
        **(defaults | values),
        **check_call(_stage_options, document.get("stage"), (), "stage"),
        writer=check_call(writer_options, document.get("writer"), (), "writer"),
        quality=Quality(**check_call(Quality, document.get("quality"), (), "quality")),
        scene=read_steps(document.get("scene"), "scene", file),
        cameras=_cameras(document.get("cameras")),
        randomizers=read_steps(document.get("randomizers"), "randomizers", file),
        infrared=read_infrared(document.get("infrared"), values.get("outputs", DEFAULT_OUTPUTS)),
        document=document,
    )
    check_limits(scenario)
    return scenario


def _stage_options(up_axis: Literal["Y", "Z"] = "Z", meters_per_unit: float = 1.0) -> None:
    """Declare the keys of `stage`."""


def _cameras(given: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(given, dict) or not given:
        raise ScenarioError(
            "cameras", f"is {given!r}; a scenario needs at least one camera, e.g. cameras: {{main: {{}}}}"
        )
    for name in given:
        check_name(name, "cameras")
    return {name: check_call(camera_options, options, (), f"cameras.{name}") for name, options in given.items()}
