"""A scenario: one YAML file, checked whole before anything is made."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from scenes.errors import ScenarioError
from scenes.typecheck import check_call, check_keys, check_value

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")
_ROOMS = {"scene": ("scenes.builders", "build"), "randomizers": ("randomizers", None)}
BUILDER_FILLED = ("stage", "path", "rng")
RANDOMIZER_FILLED = ("streams",)


@dataclass(frozen=True)
class Step:
    """One builder or randomizer with its checked options."""

    name: str
    kind: str
    function: Callable[..., Any]
    options: dict[str, Any]


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
    """A checked scenario; see docs/scenarios.md for the keys."""

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


def camera_options(
    focal_length: float = 24.0,
    horizontal_aperture: float = 20.955,
    focus_distance: float = 400.0,
    f_stop: float = 0.0,
    clipping_range: tuple[float, float] = (0.1, 10000.0),
    position: tuple[float, float, float] = (0.0, 0.0, 0.0),
    look_at: tuple[float, float, float] | None = None,
) -> None:
    """Declare the keys of one camera; millimetres for lens and film, metres for the rest."""


def writer_options(
    format: Literal["webdataset"] = "webdataset",
    samples_per_shard: int = 256,
    image_format: Literal["jpg", "png"] = "jpg",
    depth_scale: float = 0.001,
    preview: int = 8,
) -> None:
    """Declare the keys of `writer`; depth_scale is metres of one unit of the 16-bit depth PNG."""


OUTPUT_NAMES = ("rgb", "depth", "normals", "flow", "semantic", "instance", "boxes")
DEFAULT_OUTPUTS = ("rgb", "depth", "semantic", "instance", "boxes")
_PLAIN: dict[str, Any] = {
    "name": str,
    "description": str,
    "seed": int,
    "frames": int,
    "resolution": tuple[int, int],
    "classes": list[str],
    "outputs": list[str],
}


def load_scenario(path: str | Path, overrides: dict[str, Any] | None = None) -> Scenario:
    """Read and check a scenario file.

    Args:
        path: the YAML file.
        overrides: values of top-level keys that replace the file's (from the command line).

    Raises:
        ScenarioError: naming the file and key, for anything that is wrong.
    """
    file = str(path)
    try:
        document = yaml.safe_load(Path(path).read_text())
    except OSError as error:
        raise ScenarioError("", f"cannot be read ({error.strerror}); expected a scenario YAML file", file) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ScenarioError(place, f"is not YAML: {getattr(error, 'problem', error)}", file) from error
    if not isinstance(document, dict):
        raise ScenarioError("", f"holds {type(document).__name__}; expected a mapping of scenario keys", file)
    document.update({k: v for k, v in (overrides or {}).items() if v is not None})
    try:
        return parse_scenario(document, file)
    except ScenarioError as error:
        raise ScenarioError(error.key, error.message, file) from None


def parse_scenario(document: dict[str, Any], file: str = "") -> Scenario:
    """Check a scenario that is already a mapping.

    Raises:
        ScenarioError: naming the wrong key.
    """
    check_keys(document, [*_PLAIN, "stage", "writer", "quality", "scene", "cameras", "randomizers"], "")
    values = {k: check_value(document[k], kind, k) for k, kind in _PLAIN.items() if k in document}
    stage = check_call(_stage_options, document.get("stage"), (), "stage")
    scenario = Scenario(
        file=file,
        **(
            {"name": Path(file).stem or "scenario", "outputs": ["rgb", "depth", "semantic", "instance", "boxes"]}
            | values
        ),
        **stage,
        writer=check_call(writer_options, document.get("writer"), (), "writer"),
        quality=Quality(**check_call(Quality, document.get("quality"), (), "quality")),
        scene=_steps(document, "scene"),
        cameras=_cameras(document.get("cameras")),
        randomizers=_steps(document, "randomizers"),
    )
    _check_numbers(scenario)
    return scenario


def _stage_options(up_axis: Literal["Y", "Z"] = "Z", meters_per_unit: float = 1.0) -> None:
    """Declare the keys of `stage`."""


def _check_numbers(scenario: Scenario) -> None:
    limits = {
        "frames": (scenario.frames, 1),
        "seed": (scenario.seed, 0),
        "resolution[0]": (scenario.resolution[0], 16),
        "resolution[1]": (scenario.resolution[1], 16),
        "quality.samples": (scenario.quality.samples, 1),
        "quality.max_bounces": (scenario.quality.max_bounces, 1),
        "writer.samples_per_shard": (scenario.writer.get("samples_per_shard", 1), 1),
    }
    for key, (value, least) in limits.items():
        if value < least:
            raise ScenarioError(key, f"is {value}; expected {least} or more")
    for key, value in (
        ("stage.meters_per_unit", scenario.meters_per_unit),
        ("writer.depth_scale", scenario.writer.get("depth_scale", 1.0)),
    ):
        if value <= 0:
            raise ScenarioError(key, f"is {value}; expected a number above 0")
    if not scenario.outputs:
        raise ScenarioError("outputs", f"is empty; choose from {', '.join(OUTPUT_NAMES)}")
    for number, name in enumerate(scenario.outputs):
        if name not in OUTPUT_NAMES:
            raise ScenarioError(f"outputs[{number}]", f"is '{name}'; expected one of {', '.join(OUTPUT_NAMES)}")
    _check_classes(scenario.classes)


def _check_classes(classes: list[str]) -> None:
    for number, name in enumerate(classes):
        if name in classes[:number]:
            raise ScenarioError(f"classes[{number}]", f"is '{name}' again; class names differ from each other")
        if not name or "," in name:
            raise ScenarioError(f"classes[{number}]", f"is '{name}'; expected a name without commas")


def _cameras(given: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(given, dict) or not given:
        raise ScenarioError(
            "cameras", f"is {given!r}; a scenario needs at least one camera, e.g. cameras: {{main: {{}}}}"
        )
    cameras = {}
    for name, options in given.items():
        _check_name(name, "cameras")
        cameras[name] = check_call(camera_options, options, (), f"cameras.{name}")
        near, far = cameras[name].get("clipping_range", (0.1, 1.0))
        if not 0 < near < far:
            raise ScenarioError(f"cameras.{name}.clipping_range", f"is [{near}, {far}]; expected 0 < near < far")
        for key in ("focal_length", "horizontal_aperture"):
            if cameras[name].get(key, 1.0) <= 0:
                raise ScenarioError(f"cameras.{name}.{key}", f"is {cameras[name][key]}; expected a number above 0")
    return cameras


def _check_name(name: Any, key: str) -> None:
    if not isinstance(name, str) or not _NAME.match(name):
        raise ScenarioError(key, f"has the name {name!r}; expected letters, digits and '_', as in a prim name")


def available(room: Literal["scene", "randomizers"]) -> list[str]:
    """List the builders or randomizers by name: one file each."""
    folder = Path(__file__).parent.parent / _ROOMS[room][0].replace(".", "/")
    return sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_"))


def _steps(document: dict[str, Any], room: Literal["scene", "randomizers"]) -> list[Step]:
    given = document.get(room) or {}
    if not isinstance(given, dict):
        raise ScenarioError(room, f"is {given!r}; expected a mapping of name: {{kind: {{options}}}}")
    package, entry = _ROOMS[room]
    filled = BUILDER_FILLED if room == "scene" else RANDOMIZER_FILLED
    steps = []
    for name, body in given.items():
        key = f"{room}.{name}"
        _check_name(name, room)
        if not isinstance(body, dict) or len(body) != 1:
            raise ScenarioError(
                key, f"is {body!r}; expected one kind with its options (known: {', '.join(available(room))})"
            )
        kind, options = next(iter(body.items()))
        check_keys(body, available(room), key)
        function = getattr(importlib.import_module(f"{package}.{kind}"), entry or kind)
        steps.append(Step(name, kind, function, check_call(function, options, filled, f"{key}.{kind}")))
    return steps
