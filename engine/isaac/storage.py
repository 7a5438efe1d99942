"""isaacsim.storage.native: where the assets are. The engine downloads none: the user names a local folder."""

from __future__ import annotations

import os

from ..app import get_app
from ..carb.settings import get_settings

VARIABLE = "REPLICANT_ASSETS"


def get_assets_root_path(*, skip_check: bool = False) -> str:
    """Return the folder of assets that the environment variable REPLICANT_ASSETS names.

    Args:
        skip_check: do not ask whether the folder exists.

    Raises:
        RuntimeError: if the variable is not set or names no folder.
    """
    root = os.environ.get(VARIABLE) or get_settings().get("/persistent/isaac/asset_root/default")
    if not root:
        raise RuntimeError(
            f"get_assets_root_path(): the embedded engine downloads no assets; set {VARIABLE} to a local folder that "
            "holds them in the layout of the Isaac Sim asset root (/Isaac/..., /NVIDIA/...)"
        )
    if not skip_check and not os.path.isdir(root):
        raise RuntimeError(f"get_assets_root_path(): {VARIABLE} is '{root}', which is not a folder")
    return str(root).rstrip("/")


async def get_assets_root_path_async(*, skip_check: bool = False) -> str:
    """Return the folder of assets, one app frame later."""
    await get_app().next_update_async()
    return get_assets_root_path(skip_check=skip_check)


def get_server_path(suffix: str = "") -> str:
    """Return the folder of assets (older name)."""
    return get_assets_root_path()


def is_file(path: str) -> bool:
    """Tell whether a file is there."""
    return os.path.isfile(path)


def is_dir(path: str) -> bool:
    """Tell whether a folder is there."""
    return os.path.isdir(path)


def check_server(server: str, path: str, timeout: float = 10.0) -> bool:
    """Tell whether an asset is there; only folders of this machine are asked."""
    return os.path.exists(server + path)
