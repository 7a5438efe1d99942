"""rep.create.omni_lidar and omni_radar: prims that Isaac Sim simulates and the embedded engine only writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.carb.logging import log_warn
from engine.replicator.functional import create_batch
from engine.replicator.placing import item_of
from engine.replicator.utils.items import ReplicatorItem, ReplicatorWrapper


def _sensor(kind: str) -> Callable[..., ReplicatorItem]:
    def create(
        position: Any = None,
        rotation: Any = None,
        name: str | None = None,
        parent: Any = None,
        count: int = 1,
        **attributes: Any,
    ) -> Any:
        log_warn(
            f"rep.create.{kind}: the prim is written with its attributes, and gives no data: the embedded engine "
            "simulates neither lidar nor radar, see docs/parity.md"
        )
        place = {"position": position, "rotation": rotation, "name": name, "parent": parent, "count": count}
        return item_of(getattr(create_batch, kind)(**place, **attributes))

    create.__name__ = create.__qualname__ = kind
    create.__doc__ = (
        f"Create {kind.removeprefix('omni_')} prims with these attributes; they give no data.\n\n"
        "Args:\n    position, rotation: stage units, degrees.\n    name, parent, count: as for the shapes.\n"
        "    **attributes: USD attributes by name."
    )
    return ReplicatorWrapper(create)


omni_lidar, omni_radar = _sensor("omni_lidar"), _sensor("omni_radar")
