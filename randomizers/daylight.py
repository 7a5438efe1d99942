"""Choose a time of day: sky texture, sun direction, colour and strength change together."""

from __future__ import annotations

import omni.replicator.core as rep
import omni.usd
from pxr import UsdLux

from scenes.landscape.daylight import known_presets, presets
from scenes.seeds import derive_seed
from scenes.streams import Streams


def daylight(streams: Streams, lights: str, skies: list[str] | None = None) -> None:
    """Pick one sky a frame for the lights that the builder `daylight` made.

    Every property is drawn by a `choice` of the same seed, so that all draw the same entry.

    Args:
        streams: the randomizer's random streams.
        lights: path of the builder's group, e.g. "/World/daylight".
        skies: names to choose from; those of the day by default.

    Raises:
        ValueError: for an unknown sky, or where the lights are not.
    """
    known = known_presets()
    unknown = [name for name in skies or [] if name not in known]
    if unknown:
        raise ValueError(f"sky '{unknown[0]}' is unknown; choose from {', '.join(known)}")
    chosen = [known[name] for name in skies or [preset.name for preset in presets()]]
    dome = UsdLux.DomeLight.Get(omni.usd.get_context().get_stage(), f"{lights}/Dome")
    if not dome:
        raise ValueError(
            f"lights '{lights}' has no dome light '{lights}/Dome'; expected a group of the builder daylight"
        )

    def pick(values: list, name: str | None = None) -> object:
        item = rep.distribution.choice(values, seed=derive_seed(streams.name, "sky"), name=name)
        return streams.track("sky", item)

    with rep.get.prim_at_path(f"{lights}/Dome"):
        rep.modify.attribute("inputs:texture:file", pick([p.texture for p in chosen]))
        rep.modify.attribute("inputs:intensity", pick([p.dome_intensity for p in chosen]))
    with rep.get.prim_at_path(f"{lights}/Sun"):
        rep.modify.attribute("inputs:color", pick([p.sun_color for p in chosen]))
        rep.modify.attribute(
            "inputs:intensity", pick([p.sun_intensity for p in chosen], f"{streams.name}.sun_intensity")
        )
        rep.modify.pose(rotation=pick([p.sun_rotation for p in chosen], f"{streams.name}.sun_rotation"))
    names = {preset.texture: preset.name for preset in chosen}
    streams.note("sky", lambda: names.get(dome.GetTextureFileAttr().Get().path, ""))
