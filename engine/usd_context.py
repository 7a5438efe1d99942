"""omni.usd's context: the one open stage.

A new stage is Z-up with one metre a unit, as Isaac Sim makes it, and holds the viewport camera `/OmniverseKit_Persp`
in its session layer.
"""

from __future__ import annotations

from collections.abc import Callable

from pxr import Gf, Sdf, Usd, UsdGeom

PERSPECTIVE_CAMERA = "/OmniverseKit_Persp"


class UsdContext:
    """Owner of the stage. `on_stage_changed` callbacks run after a stage is opened, made or closed."""

    def __init__(self) -> None:
        self._stage: Usd.Stage | None = None
        self.on_stage_changed: list[Callable[[], None]] = []
        self.up_axis = UsdGeom.Tokens.z
        self.meters_per_unit = 1.0

    def get_stage(self) -> Usd.Stage | None:
        """Return the open stage, or None."""
        return self._stage

    def new_stage(self) -> bool:
        """Replace the stage by an empty one."""
        stage = Usd.Stage.CreateInMemory()
        UsdGeom.SetStageUpAxis(stage, self.up_axis)
        UsdGeom.SetStageMetersPerUnit(stage, self.meters_per_unit)
        return self._adopt(stage)

    def open_stage(self, url: str) -> bool:
        """Open a USD file.

        Raises:
            FileNotFoundError: if USD cannot open `url`.
        """
        try:
            stage = Usd.Stage.Open(str(url))
        except Exception as error:  # pxr raises its own Tf.ErrorException
            raise FileNotFoundError(f"cannot open stage '{url}': {error}; expected a readable USD file") from error
        return self._adopt(stage)

    def close_stage(self) -> bool:
        """Drop the stage; a new empty one takes its place, as in Kit."""
        return self.new_stage()

    def _adopt(self, stage: Usd.Stage) -> bool:
        self._stage = stage
        with Usd.EditContext(stage, stage.GetSessionLayer()):
            camera = UsdGeom.Camera.Define(stage, Sdf.Path(PERSPECTIVE_CAMERA))
            camera.AddTranslateOp().Set(Gf.Vec3d(5.0, 5.0, 5.0) / UsdGeom.GetStageMetersPerUnit(stage))
        for callback in list(self.on_stage_changed):
            callback()
        return True


_context = UsdContext()


def get_context(name: str = "") -> UsdContext:
    """Return the process-wide context (Kit's named contexts are not modelled)."""
    return _context
