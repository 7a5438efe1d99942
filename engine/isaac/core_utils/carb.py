"""isaacsim.core.utils.carb: settings."""

from __future__ import annotations

from typing import Any

from ...carb.settings import Settings


def get_carb_setting(carb_settings: Settings, setting: str) -> Any:
    """Return a setting."""
    return carb_settings.get(setting)


def set_carb_setting(carb_settings: Settings, setting: str, value: Any) -> None:
    """Set a setting."""
    carb_settings.set(setting, value)
