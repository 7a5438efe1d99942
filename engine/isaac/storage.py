"""isaacsim.storage.native: where the assets are. The engine downloads none: the user names a local folder."""

from __future__ import annotations

import os
from collections.abc import Callable

from .. import assets
from ..app import get_app
from ..carb.settings import get_settings
from ..kit import client

VARIABLE = assets.VARIABLE
SETTING = "/persistent/isaac/asset_root/default"


def get_assets_root_path(*, skip_check: bool = False) -> str:
    """Return the folder of assets that the environment variable REPLICANT_ASSETS names, or that of the stand-ins.

    Args:
        skip_check: do not ask whether the folder exists.

    Raises:
        RuntimeError: if neither is there, or the variable names no folder.
    """
    root = assets.root() or get_settings().get(SETTING)
    if not root:
        raise RuntimeError(
            f"get_assets_root_path(): the embedded engine downloads no assets; set {assets.VARIABLE} to a local folder "
            "that holds them in the layout of the Isaac Sim asset root (/Isaac/..., /NVIDIA/...), or give --stand-ins "
            f"(or {assets.STAND_INS}=1) for labelled boxes in place of what is missing"
        )
    if not skip_check and not os.path.isdir(root):
        raise RuntimeError(f"get_assets_root_path(): {assets.VARIABLE} is '{root}', which is not a folder")
    return str(root).rstrip("/")


async def get_assets_root_path_async(*, skip_check: bool = False) -> str:
    """Return the folder of assets, one app frame later."""
    await get_app().next_update_async()
    return get_assets_root_path(skip_check=skip_check)


def get_server_path(suffix: str = "") -> str:
    """Return the folder of assets (older name)."""
    return get_assets_root_path()


async def get_server_path_async(suffix: str = "") -> str:
    """Return the folder of assets, one app frame later (older name)."""
    return await get_assets_root_path_async()


def get_assets_server() -> str:
    """Return the folder of assets (older name)."""
    return get_assets_root_path()


def get_isaac_asset_root_path() -> str:
    """Return the folder of Isaac's own assets."""
    return get_assets_root_path() + "/Isaac"


def get_nvidia_asset_root_path() -> str:
    """Return the folder of NVIDIA's assets."""
    return get_assets_root_path() + "/NVIDIA"


def get_full_asset_path(path: str) -> str | None:
    """Return the local path of an asset of the tree, or None if it is not there."""
    full = assets.offer(get_assets_root_path() + path)
    return full if os.path.exists(full) else None


async def get_full_asset_path_async(path: str) -> str | None:
    """Return the local path of an asset of the tree, one app frame later, or None if it is not there."""
    await get_app().next_update_async()
    return get_full_asset_path(path)


def get_url_root(url: str) -> str:
    """Return server and scheme of an address, "" for a path of this machine."""
    head, separator, rest = url.partition("://")
    return f"{head}{separator}{rest.partition('/')[0]}" if separator else ""


def find_nucleus_server(suffix: str = "") -> tuple[bool, str]:
    """Return (True, folder of assets), or (False, "") where there is none."""
    root = assets.root() or ""
    return bool(root), root


def build_server_list() -> list[str]:
    """Return the servers known: none."""
    return []


def verify_asset_root_path(path: str) -> tuple[client.Result, str]:
    """Return (result, version) of a folder of assets; nothing is read but whether it is there."""
    return (client.Result.OK if os.path.isdir(path) else client.Result.ERROR_NOT_FOUND), ""


def is_file(path: str) -> bool:
    """Tell whether a file is there (or has a stand-in)."""
    return os.path.isfile(assets.offer(path))


async def is_file_async(path: str) -> bool:
    """Tell, one app frame later, whether a file is there."""
    await get_app().next_update_async()
    return is_file(path)


def is_dir(path: str) -> bool:
    """Tell whether a folder is there (or has stand-ins)."""
    return os.path.isdir(assets.find(path)) or (assets.stand_ins_allowed() and assets.is_remote(path))


async def is_dir_async(path: str) -> bool:
    """Tell, one app frame later, whether a folder is there."""
    await get_app().next_update_async()
    return is_dir(path)


def check_server(server: str, path: str, timeout: float = 10.0) -> bool:
    """Tell whether an asset is there; only folders of this machine are asked."""
    return os.path.exists(assets.offer(server + path))


async def check_server_async(server: str, path: str, timeout: float = 10.0) -> bool:
    """Tell, one app frame later, whether an asset is there."""
    await get_app().next_update_async()
    return check_server(server, path)


async def list_folder(path: str) -> tuple[list[str], list[str]]:
    """Return (files, folders) of one folder, as full paths."""
    await get_app().next_update_async()
    full = [f"{path.rstrip('/')}/{name}" for name in assets.list_folder(path)]
    return [item for item in full if not os.path.isdir(item)], [item for item in full if os.path.isdir(item)]


async def recursive_list_folder(path: str) -> list[str]:
    """Return every file of a folder and of those below it, as full paths."""
    files, folders = await list_folder(path)
    for folder in folders:
        files += await recursive_list_folder(folder)
    return files


def create_folder(server: str, path: str) -> bool:
    """Make a folder of this machine and return success."""
    return client.create_folder(server + path) == client.Result.OK


def delete_folder(server: str, path: str) -> bool:
    """Remove nothing: the engine does not delete assets. Returns False."""
    return False


async def download_assets_async(
    src: str,
    dst: str,
    progress_callback: Callable[..., None] | None = None,
    concurrency: int = 10,
    copy_behaviour: object = None,
    copy_after_delete: bool = True,
    timeout: float = 300.0,
) -> client.Result:
    """Copy a file or folder of the local assets; nothing is fetched from a server, and nothing is deleted first."""
    await get_app().next_update_async()
    return client.copy(assets.find(src), dst)
