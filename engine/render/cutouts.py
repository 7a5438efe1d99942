"""Parts of surfaces that an opacity texture cuts away: rays pass them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float32

from engine.render.hits import Hits
from engine.render.textures import sample_scalar
from engine.stage.scene import Instance, Texture

MAX_LAYERS = 64
STEP = np.float32(1e-4)  # how far behind a cut-away part a ray goes on, plus as much relative to its parameter


def has_cutout(instance: Instance) -> bool:
    """Tell whether parts of a surface are cut away by an opacity texture."""
    material = instance.material
    return (
        material.opacity_threshold > 0
        and isinstance(material.opacity, Texture)
        and instance.mesh.corner_uvs is not None
    )


def is_seen(instance: Instance) -> bool:
    """Tell whether the camera sees an instance at all."""
    material = instance.material
    cut = isinstance(material.opacity, float | int) and material.opacity < max(material.opacity_threshold, 1e-6)
    shrunk = not instance.world_from_local[:3, :3].any()
    return instance.primary_visible and not cut and not shrunk and len(instance.mesh.triangles) > 0


def first_solid(instances: Sequence[Instance], hits: Hits, onward: Callable[[np.ndarray, np.ndarray], Hits]) -> Hits:
    """Let rays go on through cut-away parts until they hit something solid or nothing.

    Args:
        instances: what `Hits.instance` counts.
        hits: first hits of all rays.
        onward: (which rays, ray parameters to start from) -> their next hits, parameters counted from there.
    """
    instance, triangle = hits.instance.copy(), hits.triangle.copy()
    parameter, barycentric = hits.parameter.copy(), hits.barycentric.copy()
    active = np.arange(len(instance))
    for _ in range(MAX_LAYERS):
        current = replace(
            hits,
            instance=instance[active],
            triangle=triangle[active],
            parameter=parameter[active],
            barycentric=barycentric[active],
        )
        active = active[~is_solid(instances, current)]
        if active.size == 0:
            break
        advance = parameter[active] * (1 + STEP / 10) + STEP
        following = onward(active, advance)
        instance[active], triangle[active] = following.instance, following.triangle
        parameter[active], barycentric[active] = following.parameter + advance, following.barycentric
    return replace(hits, instance=instance, triangle=triangle, parameter=parameter, barycentric=barycentric)


def is_solid(instances: Sequence[Instance], hits: Hits) -> Bool[np.ndarray, "n"]:
    """Tell for each hit whether the surface is there: misses and opaque parts are."""
    solid = np.ones(len(hits.instance), bool)
    cut = np.array([has_cutout(item) for item in instances] + [False])[hits.instance]
    for number in np.unique(hits.instance[cut]):
        chosen = np.flatnonzero(hits.instance == number)
        item = instances[number]
        uvs = corner_values(item.mesh.corner_uvs[hits.triangle[chosen]], hits.barycentric[chosen])  # type: ignore[index]
        solid[chosen] = sample_scalar(item.material.opacity, uvs) >= item.material.opacity_threshold  # type: ignore[arg-type]
    return solid


def corner_values(
    corners: Float32[np.ndarray, "n 3 c"], weights: Float32[np.ndarray, "n 2"]
) -> Float32[np.ndarray, "n c"]:
    """Interpolate per-corner values with the weights of the 2nd and 3rd corner."""
    u, v = weights[:, 0:1], weights[:, 1:2]
    return corners[:, 0] * (1 - u - v) + corners[:, 1] * u + corners[:, 2] * v
