"""isaacsim.core.utils.extensions: the engine is one piece; extensions of an --ext-folder are started."""

from __future__ import annotations

from ...kit.extension_manager import get_extension_manager


def enable_extension(extension_name: str) -> bool:
    """Turn an extension on and return whether the engine knows it."""
    return get_extension_manager().set_extension_enabled_immediate(extension_name, True)


def disable_extension(extension_name: str) -> bool:
    """Turn an extension off."""
    return get_extension_manager().set_extension_enabled_immediate(extension_name, False)


def get_extension_id(extension_name: str) -> str | None:
    """Return the id of an extension that is on, else None."""
    return get_extension_manager().get_enabled_extension_id(extension_name)


def get_extension_path(ext_id: str) -> str | None:
    """Return the folder of an extension of an --ext-folder, else None."""
    return get_extension_manager().get_extension_path(ext_id)


def get_extension_path_from_name(extension_name: str) -> str | None:
    """Return the folder of an extension of an --ext-folder, else None."""
    return get_extension_manager().get_extension_path(extension_name)
