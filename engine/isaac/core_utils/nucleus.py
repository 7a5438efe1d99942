"""omni.isaac.core.utils.nucleus: the older name of isaacsim.storage.native."""

from __future__ import annotations

from ..storage import (
    check_server,
    get_assets_root_path,
    get_assets_root_path_async,
    get_server_path,
    is_dir,
    is_file,
)

__all__ = [
    "check_server",
    "get_assets_root_path",
    "get_assets_root_path_async",
    "get_server_path",
    "is_dir",
    "is_file",
]
