"""omni.simready.explorer: SimReady assets found by words.

The engine downloads none: the files below `/NVIDIA/Assets/simready_content` of the assets root are looked through;
with `--stand-ins` each search finds three boxes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from .. import assets
from ..isaac.storage import get_assets_root_path

FOLDER = "/NVIDIA/Assets/simready_content"


@dataclass(frozen=True)
class SimreadyAsset:
    """One asset.

    Attributes:
        name: a word that may be a prim's name.
        main_url: address of its USD file.
        tags: words it was found by.
    """

    name: str
    main_url: str
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SimReadyExplorer:
    """The explorer's window, as far as scripts ask for it: it is always open.

    Attributes:
        browser_model: something other than None.
    """

    browser_model: str = FOLDER


def get_instance() -> SimReadyExplorer:
    """Return the explorer."""
    return SimReadyExplorer()


async def find_assets(search_words: list[str] | None = None) -> list[SimreadyAsset]:
    """Return the assets whose path holds every word, sorted by path.

    Args:
        search_words: words, upper and lower case alike; None finds all.

    Raises:
        MissingAssetError: if the assets root has no SimReady assets and stand-ins are not allowed.
    """
    words = [word.lower() for word in search_words or []]
    base = get_assets_root_path() + FOLDER
    folder = assets.find(base)
    if os.path.isdir(folder):
        found = sorted(_stages(folder))
        return [
            SimreadyAsset(os.path.splitext(os.path.basename(path))[0], path, words)
            for path in found
            if all(word in path[len(folder) :].lower() for word in words)
        ]
    if not assets.stand_ins_allowed():
        raise assets.MissingAssetError(assets.missing(base, "omni.simready.explorer.find_assets"))
    names = [f"{'_'.join(words) or 'asset'}_{letter}" for letter in "abc"]
    return [SimreadyAsset(name, f"{base}/{name}/{name}.usd", words) for name in names]


def _stages(folder: str) -> list[str]:
    """Return the USD file of each asset: the one that has the name of its folder, or else all of that folder."""
    found: list[str] = []
    for place, _, names in os.walk(folder):
        stages = [name for name in names if name.lower().endswith(assets.STAGES)]
        own = [name for name in stages if os.path.splitext(name)[0] == os.path.basename(place)]
        found += [os.path.join(place, name) for name in own or stages]
    return found
