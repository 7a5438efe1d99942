"""omni.isaac.core.utils.nucleus: the older name of isaacsim.storage.native."""

from __future__ import annotations

from ..storage import *  # noqa: F403
