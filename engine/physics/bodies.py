"""The bodies of a simulation on the stage: poses and velocities are written for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from pxr import Sdf, Usd

from engine.graph.turns import xyz_from_matrices
from engine.physics.body_prim import BodyPrim
from engine.physics.state import BodyState, Pose, Velocity, matrices, relative_turns

SCALE_TOLERANCE = 1e-6


class StageBodies:
    """Every body of a simulation."""

    def __init__(self, stage: Usd.Stage) -> None:
        self._stage = stage
        self._bodies: dict[str, BodyPrim] = {}
        self._last = BodyState()

    def follow(self, paths: Iterable[str]) -> None:
        """Take these bodies; those known before, and not made anew since, keep what was saved at the start."""
        wanted = list(paths)
        for path in wanted:
            known = self._bodies.get(path)
            if known is not None and known.prim:
                known.refresh()
            else:
                self._bodies[path] = BodyPrim(self._stage.GetPrimAtPath(path))
        self._bodies = {path: self._bodies[path] for path in wanted}
        self._last = BodyState()

    def write(self, state: BodyState) -> None:
        """Write the poses and velocities that are not those written last."""
        if state.paths != self._last.paths:
            nothing = np.full((len(state.paths), 4), np.nan)
            self._last = BodyState(state.paths, nothing[:, :3], nothing, nothing[:, :3], nothing[:, :3])
        last, self._last = self._last, state
        moved = (state.positions != last.positions).any(axis=1) | (state.turns != last.turns).any(axis=1)
        pushed = (state.linear != last.linear).any(axis=1) | (state.angular != last.angular).any(axis=1)
        bodies = [self._bodies.get(path) for path in state.paths]
        rows = [row for row, body in enumerate(bodies) if body is not None and body.prim and (moved | pushed)[row]]
        for row in rows:
            body = bodies[row]
            if body is not None and not body.setters:
                body.prepare()
        self._write_poses([(bodies[row], row) for row in rows if moved[row]], state)  # type: ignore[misc]
        spins = np.degrees(state.angular).tolist()
        straight = state.linear.tolist()
        for row in rows:
            if pushed[row]:
                body = self._bodies[state.paths[row]]
                body.setters[2](*straight[row])
                body.setters[3](*spins[row])

    @staticmethod
    def _write_poses(chosen: list[tuple[BodyPrim, int]], state: BodyState) -> None:
        if not chosen:
            return
        rows = [row for _, row in chosen]
        inverses = np.stack([body.parent_inverse for body, _ in chosen])
        places = np.concatenate([state.positions[rows], np.ones((len(rows), 1))], axis=1)
        local = np.einsum("nk,nkj->nj", places, inverses)[:, :3].tolist()
        turns = relative_turns(np.stack([body.parent_turn for body, _ in chosen]), state.turns[rows])
        angles = xyz_from_matrices(matrices(turns)).tolist()
        quaternions = turns.tolist()
        for index, (body, _) in enumerate(chosen):
            body.setters[0](*local[index])
            body.setters[1](*(angles[index] if body.turns_by_angles else quaternions[index]))

    def restore(self) -> None:
        """Put all bodies back to the start and forget them."""
        for body in self._bodies.values():
            if body.prim:
                body.restore()
        self._bodies, self._last = {}, BodyState()

    def resized(self, moved: set[Sdf.Path]) -> bool:
        """Read the frames of bodies at or below `moved` again; tells whether one's scale changed."""
        changed = False
        for body in self._below(moved):
            before = body.scale
            body.refresh()
            changed = changed or not np.allclose(before, body.scale, rtol=SCALE_TOLERANCE, atol=0.0)
        self._last = BodyState() if moved else self._last
        return changed

    def moved_poses(self, moved: set[Sdf.Path]) -> dict[str, Pose]:
        """Return the poses on the stage of bodies at or below `moved`."""
        return {str(body.prim.GetPath()): body.pose for body in self._below(moved)}

    def edited_velocities(self, pushed: set[Sdf.Path], known: Mapping[str, Velocity]) -> dict[str, Velocity]:
        """Return the velocities on the stage of bodies whose velocity attributes were edited."""
        paths = [str(path) for path in sorted(pushed) if str(path) in self._bodies and str(path) in known]
        return {path: self._bodies[path].velocity(known[path]) for path in paths}

    def _below(self, moved: set[Sdf.Path]) -> list[BodyPrim]:
        if not moved:
            return []
        bodies = ((path, body) for path, body in self._bodies.items() if body.prim)
        return [body for path, body in bodies if any(p in moved for p in Sdf.Path(path).GetPrefixes())]
