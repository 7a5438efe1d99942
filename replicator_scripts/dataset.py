"""What the dataset scripts share: quality, writer and the closing report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import carb.settings
import omni.replicator.core as rep

from replicator_scripts import arguments
from replicator_scripts.output import Output
from replicator_scripts.plans import resolved_writer
from replicator_scripts.progress import totals_line
from scenes.scenario import Quality, Scenario
from writers.dataset import DatasetWriter
from writers.finish import missing_shards
from writers.shards.sample import Sample


def announce(scenario: Scenario) -> None:
    """Say what is going to be made."""
    width, height = scenario.resolution
    views = "1 camera" if len(scenario.cameras) == 1 else f"{len(scenario.cameras)} cameras"
    print(f"scenario  {scenario.name}: {scenario.frames} frames of {views}, {width}x{height}, seed {scenario.seed}")
    print("          (a scenario makes its assets on first use)", flush=True)


def set_quality(quality: Quality, band_samples: int) -> None:
    """Choose RTX's real-time or path-tracing mode by the names both runtimes know, then the engine's own settings."""
    settings = carb.settings.get_settings()
    if quality.mode == "pathtracing":
        rep.settings.set_render_pathtraced(samples_per_pixel=quality.samples)
    else:
        rep.settings.set_render_rtx_realtime()
    settings.set("/rtx/pathtracing/maxBounces", quality.max_bounces)
    for name in ("samples", "max_bounces", "denoise"):
        settings.set(f"/replicant/render/{name}", getattr(quality, name))  # RTX does not know these
    settings.set("/replicant/render/band_samples", band_samples)


@contextmanager
def writing(scenario: Scenario, take: Callable[[Sample], None], products: list[Any]) -> Iterator[DatasetWriter]:
    """Get the dataset writer through Replicator's registry and attach it for as long as the block lasts.

    Args:
        scenario: what is made.
        take: gets every sample.
        products: render products, one a camera.
    """
    writer = rep.WriterRegistry.get("DatasetWriter")
    settings = {**resolved_writer(scenario), "infrared": scenario.document.get("infrared")}
    writer.initialize(outputs=scenario.outputs, classes=scenario.classes, settings=settings, take=take)
    writer.attach(products, trigger=None)
    try:
        yield writer
    finally:
        writer.abandon()  # of what is done nothing is left by now, unless an error ended the block
        writer.detach()


def report(output: Output, scenario: Scenario, options: arguments.Options) -> None:
    """Say where the dataset is, what is in it and how to make it again; or what it lacks."""
    where = arguments.display_out(output.storage.url)
    if not output.complete:
        missing, total = len(missing_shards(output.storage, output.plan)), len(output.plan.shards())
        print(f"dataset   {where}\nshards    {total - missing} of {total} are there; the others are not asked for here")
        return
    print(totals_line(where, output.manifest()))
    print(f"again     {arguments.command(scenario, options, output.storage.url)}", flush=True)
