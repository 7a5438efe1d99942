"""Infrared of the benchmark scene: `python -m engine benchmarks/infrared_run.py --mode lwir`.

Only the public API is used: annotators by name, `scenes.infrared.author` before each capture. Modes: `rgb` is path
traced and not denoised; `lwir`, `mwir`, `lwir_mwir` and `nir_floods` trace bands with the same samples and bounces;
`sources` reads the four annotators that thermal images from buffers need, `buffers` makes the image of them too;
`author` is what a new frame's temperatures cost, and with new weather. `sensors` takes each part of a camera's chain,
and each file, alone.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import MARK, Frames, options

TRACED = {"lwir": ["lwir"], "mwir": ["mwir"], "lwir_mwir": ["lwir", "mwir"], "nir_floods": ["nir850"]}
OUTPUTS = {"lwir": "thermal_lwir", "mwir": "thermal_mwir", "nir850": "nir850"}
MODES = ("rgb", *TRACED, "sources", "buffers", "author", "sensors")
BOUNCES = 4
FLOODS = ((3.0, -3.0, 3.0), (-3.0, -3.0, 3.0), (0.0, 4.0, 3.0))  # m; 1 W each, 45 degrees
REPEATS = 5
MATERIALS = {"floor": "concrete", "cube": "steel/paint", "sphere": "rubber", "cylinder": "plastic", "cone": "wood"}


def set_quality(rep: Any, samples: int) -> None:
    """Give colour and bands the same samples and bounces."""
    import carb.settings

    rep.settings.set_render_pathtraced(samples_per_pixel=samples)
    for name, value in (
        ("/rtx/pathtracing/optixDenoiser/enabled", False),
        ("/rtx/pathtracing/maxBounces", BOUNCES),
        ("/replicant/render/band_samples", samples),
        ("/replicant/render/band_bounces", BOUNCES),
    ):
        carb.settings.get_settings().set(name, value)


def add_floods(stage: Any) -> None:
    """Author lights that only cameras of 850 nm see."""
    from pxr import Gf, Sdf, UsdGeom, UsdLux

    for number, place in enumerate(FLOODS):
        light = UsdLux.SphereLight.Define(stage, f"/World/Flood_{number}")
        UsdGeom.XformCommonAPI(light).SetTranslate(Gf.Vec3d(*place))
        light.CreateIntensityAttr(0.0)
        for name, value in (("band:nir850:power", 1.0), ("band:nir850:halfAngle", 45.0)):
            light.GetPrim().CreateAttribute(name, Sdf.ValueTypeNames.Float).Set(value)


def section(mode: str) -> Any:
    """Return the infrared section that a mode needs."""
    from scenes.infrared.settings import WeatherSettings, read_infrared

    outputs = [OUTPUTS[band] for band in TRACED.get(mode, ["lwir"])]
    hour = 23.5 if mode == "nir_floods" else 14.0
    weather = {name: getattr(WeatherSettings(hour=hour), name) for name in ("hour", "air_temperature")}
    return read_infrared({"weather": weather, "materials": MATERIALS}, outputs)


def annotators_of(rep: Any, mode: str) -> dict[str, Any]:
    """Return the annotators of a mode by name."""
    from scenes.infrared import annotators
    from scenes.infrared.buffer_path import SOURCES

    annotators.register()
    if mode == "rgb":
        return {"rgb": rep.AnnotatorRegistry.get_annotator("rgb")}
    if mode in TRACED:
        return {band: annotators.get(OUTPUTS[band], path="trace", product="radiance") for band in TRACED[mode]}
    if mode == "buffers":
        return {"lwir": annotators.get("thermal_lwir", path="buffers", product="radiance")}
    return {name: annotators.buffered(name) for name in SOURCES} if mode == "sources" else {}


def render(chosen: Any) -> None:
    """Measure frames of one mode and print what they cost."""
    from isaacsim import SimulationApp

    app = SimulationApp({"headless": True})
    import omni.replicator.core as rep
    import omni.usd
    from ours import build
    from scene import TARGET, camera_position

    from scenes.infrared import author

    rep.orchestrator.set_capture_on_play(False)
    set_quality(rep, chosen.samples)
    camera = build(rep)
    stage = omni.usd.get_context().get_stage()
    if chosen.mode == "nir_floods":
        add_floods(stage)
    product = rep.create.render_product(str(camera.GetPath()), (chosen.width, chosen.height))
    annotators = annotators_of(rep, chosen.mode)
    for annotator in annotators.values():
        annotator.attach(product)
    infrared = section(chosen.mode)

    def show(view: int) -> dict[str, Any]:
        rep.functional.modify.pose(
            camera, position_value=camera_position(view), look_at_value=TARGET, look_at_up_axis=(0, 0, 1)
        )
        if chosen.mode != "rgb":
            author(stage, infrared, 1, 0)
        rep.orchestrator.step()
        return {name: annotator.get_data() for name, annotator in annotators.items()}

    frames = Frames()
    if chosen.mode == "author":
        seed_frames(frames, stage, infrared, chosen.frames)
    else:
        show(0)
        frames.mark_first()
        for view in range(1, chosen.frames + 1):
            seen = frames.add(lambda view=view: show(view))  # type: ignore[misc]
        check(chosen.mode, seen)
    frames.report(samples=chosen.samples if chosen.mode in ("rgb", *TRACED) else None)
    app.close()


def seed_frames(frames: Frames, stage: Any, infrared: Any, count: int) -> None:
    """Book what `author` costs when temperatures are drawn anew and the weather changes."""
    from scenes.infrared import author
    from scenes.infrared.weather import ATTRIBUTES, build_weather

    prim = build_weather(stage, infrared.weather)
    author(stage, infrared, 1, 0)
    frames.mark_first()

    def next_frame(frame: int) -> None:
        prim.GetAttribute(ATTRIBUTES["air_temperature"]).Set(283.0 + 0.1 * frame)
        author(stage, infrared, 1, frame)

    for frame in range(1, count + 1):
        frames.add(lambda frame=frame: next_frame(frame))  # type: ignore[misc]


def check(mode: str, seen: dict[str, Any]) -> None:
    """Refuse to measure images of nothing."""
    for name, value in seen.items():
        image = np.asarray(value["data"] if isinstance(value, dict) and "data" in value else value)
        if name != "camera_params" and not (np.isfinite(image).any() and np.ptp(np.nan_to_num(image, posinf=0.0)) > 0):
            raise ValueError(f"mode {mode}: '{name}' is flat; expected a picture of the scene")


# --- the camera's chain and the files, alone ------------------------------------------------------------------------


def scene_radiance(band: Any, width: int, height: int) -> Any:
    """Return radiance of a scene of 270 to 310 K with edges, gradients and something hot."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    kelvin = 270 + 25 * y / height + 6 * np.sin(x / 37) + np.where((x // 90 + y // 70) % 2 == 0, 4.0, 0.0)
    kelvin[(x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 10) ** 2] = 310.0
    return band.radiance_image(kelvin)


def parts(width: int, height: int) -> dict[str, Callable[[], Any]]:
    """Return each part of the chain of a thermal camera, and each member that the writers make."""
    from sensors import bad_pixels, thermal_camera
    from sensors.registry import find_camera
    from writers.infrared import depth, near, thermal
    from writers.infrared.settings import read_output
    from writers.infrared.streams import Streams

    camera = find_camera("boson640").with_settings(width=width, height=height)
    plain = scene_radiance(camera.spectrum, width, height)
    fine = scene_radiance(camera.spectrum, 3 * width, 3 * height)
    state = thermal_camera.start(camera, np.random.default_rng(1))
    streams = {name: Streams(1, 0, "/World/Camera", name) for name in ("thermal_lwir", "nir850", "ir_depth")}
    frame = thermal.expose(camera, plain, streams["thermal_lwir"])
    focal, size = float(width), (width, height)
    metres = (2.0 + np.mgrid[0:height, 0:width][0] / height * 6).astype(np.float32)
    found: dict[str, Callable[[], Any]] = {
        "lens, 1 sample a pixel": lambda: thermal_camera.through_lens(camera, plain),
        "lens, 3 x 3 samples a pixel": lambda: thermal_camera.through_lens(camera, fine),
        "noise of a frame": lambda: thermal_camera.frame_noise(camera, plain, np.random.default_rng(2)),
        "bad pixels": lambda: bad_pixels.fill(plain, state.bad),
        "counts": lambda: camera.scale.encode(plain),
        "apparent temperature": frame.apparent_temperature,
        "gain: linear": lambda: frame.picture("linear"),
        "gain: plateau": lambda: frame.picture("plateau"),
        "whole camera": lambda: thermal.expose(camera, plain, streams["thermal_lwir"]),
    }
    for name in ("tlinear", "raw16", "agc", "radiance", "temperature"):
        output = read_output("thermal_lwir", {"formats": [name], "ideal": True})  # no lens, no noise: the file alone
        found[f"thermal_lwir.{name}"] = lambda output=output: thermal.members(
            output, plain, size, focal, streams["thermal_lwir"]
        )
    near_light = scene_radiance(camera.spectrum, width, height) * 1e-3
    found["nir850, camera and file"] = lambda: near.members(
        read_output("nir850", {}), near_light, size, focal, streams["nir850"]
    )
    found["ir_depth, camera and file"] = lambda: depth.members(
        read_output("ir_depth", {}), metres, size, focal, streams["ir_depth"]
    )
    return found


def file_size(made: Any) -> int:
    """Return the bytes of the members that a part made; 0 where it makes no files."""
    members = made[0] if isinstance(made, tuple) else made
    return sum(map(len, members.values())) if isinstance(members, dict) else 0


def sensors(chosen: Any) -> None:
    """Time every part of the chain; print milliseconds of CPU (the least of some runs) and bytes."""
    found = {}
    for name, part in parts(chosen.width, chosen.height).items():
        made, spent = part(), []
        for _ in range(REPEATS):
            before = time.process_time()
            part()
            spent.append(1000 * (time.process_time() - before))
        found[name] = {"cpu_ms": round(min(spent), 3), "bytes": file_size(made)}
    print(MARK + json.dumps({"parts": found}), flush=True)


def main() -> None:
    """Measure one mode."""
    chosen = options(MODES, __doc__)
    if chosen.mode == "sensors":
        sensors(chosen)
    else:
        render(chosen)


if __name__ == "__main__":
    main()
