"""isaacsim.core.version: the Isaac Sim version whose API the engine offers."""

from __future__ import annotations

from ..kit.app_info import ISAAC_SIM_VERSION


def get_version() -> tuple[str, str, str, str, str, str, str, str]:
    """Return (core, prerelease, major, minor, patch, prerelease tag, build number, build tag)."""
    major, minor, patch = ISAAC_SIM_VERSION.split(".")
    return (ISAAC_SIM_VERSION, "replicant", major, minor, patch, "replicant", "0", "engine")


def parse_version(full_version: str) -> tuple[str, ...]:
    """Split `6.0.1-rc.4+build.x` into core, prerelease, major, minor, patch, prerelease tag, build number and tag."""
    base, _, build = full_version.partition("+")
    core, _, prerelease = base.partition("-")
    major, minor, patch = (core.split(".") + ["0", "0"])[:3]
    tag, _, _ = prerelease.partition(".")
    number, _, label = build.partition(".")
    return (core, prerelease, major, minor, patch, tag, number, label)
