"""What a scenario's values must be beyond their types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenes.errors import ScenarioError
from scenes.infrared.settings import OUTPUTS as INFRARED_OUTPUTS
from scenes.keys import suggestion
from writers.exports import FORMATS

if TYPE_CHECKING:
    from scenes.scenario import Scenario

OUTPUT_NAMES = ("rgb", "depth", "normals", "flow", "semantic", "instance", "boxes", *INFRARED_OUTPUTS)


def check_limits(scenario: Scenario) -> None:
    """Refuse numbers out of range, unknown outputs and impossible class names.

    Raises:
        ScenarioError: naming the wrong key.
    """
    least = {
        "frames": (scenario.frames, 1),
        "seed": (scenario.seed, 0),
        "resolution[0]": (scenario.resolution[0], 16),
        "resolution[1]": (scenario.resolution[1], 16),
        "quality.samples": (scenario.quality.samples, 1),
        "quality.max_bounces": (scenario.quality.max_bounces, 1),
        "quality.rt_subframes": (scenario.quality.rt_subframes, 1),
        "writer.samples_per_shard": (scenario.writer.get("samples_per_shard", 1), 1),
        "writer.preview": (scenario.writer.get("preview", 0), 0),
    }
    for key, (value, lowest) in least.items():
        if value < lowest:
            raise ScenarioError(key, f"is {value}; expected {lowest} or more")
    _check_positive("stage.meters_per_unit", scenario.meters_per_unit)
    _check_positive("writer.depth_scale", scenario.writer.get("depth_scale", 1.0))
    _check_outputs(scenario.outputs)
    _check_exports(scenario.writer.get("exports") or [])
    _check_classes(scenario.classes)
    for name, options in scenario.cameras.items():
        _check_camera(f"cameras.{name}", options)


def _check_positive(key: str, value: float) -> None:
    if not value > 0:
        raise ScenarioError(key, f"is {value}; expected a number above 0")


def _check_outputs(outputs: list[str]) -> None:
    known = ", ".join(OUTPUT_NAMES)
    if not outputs:
        raise ScenarioError("outputs", f"is empty; choose from {known}")
    for number, name in enumerate(outputs):
        if name not in OUTPUT_NAMES:
            raise ScenarioError(
                f"outputs[{number}]", f"is '{name}'; expected one of {known}{suggestion(name, OUTPUT_NAMES)}"
            )
        if name in outputs[:number]:
            raise ScenarioError(f"outputs[{number}]", f"is '{name}' again; name each output once")


def _check_exports(exports: list[str]) -> None:
    for number, name in enumerate(exports):
        if name not in FORMATS:
            known = ", ".join(FORMATS)
            raise ScenarioError(
                f"writer.exports[{number}]", f"is '{name}'; expected one of {known}{suggestion(name, FORMATS)}"
            )


def _check_classes(classes: list[str]) -> None:
    for number, name in enumerate(classes):
        if name in classes[:number]:
            raise ScenarioError(f"classes[{number}]", f"is '{name}' again; class names differ from each other")
        if not name or "," in name:
            raise ScenarioError(f"classes[{number}]", f"is '{name}'; expected a name without commas")


def _check_camera(key: str, options: dict[str, Any]) -> None:
    near, far = options.get("clipping_range", (0.1, 1.0))
    if not 0 < near < far:
        raise ScenarioError(f"{key}.clipping_range", f"is [{near}, {far}]; expected 0 < near < far")
    for name in ("focal_length", "horizontal_aperture", "focus_distance"):
        _check_positive(f"{key}.{name}", options.get(name, 1.0))
    if options.get("f_stop", 0.0) < 0:
        raise ScenarioError(f"{key}.f_stop", f"is {options['f_stop']}; expected 0 (no blur) or more")
    if options.get("clearance", 0.0) < 0:
        raise ScenarioError(f"{key}.clearance", f"is {options['clearance']}; expected 0 (none) or more metres")
    if options.get("look_at") is not None and options["look_at"] == options.get("position", (0.0, 0.0, 0.0)):
        raise ScenarioError(
            f"{key}.look_at", f"is {list(options['look_at'])}, where the camera is; expected another point"
        )
