"""DataLogger: a record at every step, saved as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..core_prims.states import DataFrame

KEY = "Isaac Sim Data"


class DataLogger:
    """Records of a World."""

    def __init__(self) -> None:
        self._frames: list[DataFrame] = []
        self._paused = True
        self._function: Callable[..., dict[str, Any]] | None = None

    def add_data_frame_logging_func(self, func: Callable[..., dict[str, Any]]) -> None:
        """Set what makes a record out of (tasks, scene)."""
        self._function = func

    def record(self, tasks: dict[str, Any], scene: Any, step: int, time: float) -> None:
        """Make one record.

        Raises:
            RuntimeError: if no function was set.
        """
        if self._function is None:
            raise RuntimeError("the data logger was started without a function; call add_data_frame_logging_func first")
        self.add_data(self._function(tasks=tasks, scene=scene), step, time)

    def add_data(self, data: dict[str, Any], current_time_step: float, current_time: float) -> None:
        """Add one record."""
        self._frames.append(DataFrame(int(current_time_step), current_time, data))

    def get_num_of_data_frames(self) -> int:
        """Return the number of records."""
        return len(self._frames)

    def get_data_frame(self, data_frame_index: int) -> DataFrame:
        """Return one record."""
        return self._frames[data_frame_index]

    def start(self) -> None:
        """Record from now on."""
        self._paused = False

    def pause(self) -> None:
        """Record no more."""
        self._paused = True

    def is_started(self) -> bool:
        """Tell whether steps are recorded."""
        return not self._paused

    def reset(self) -> None:
        """Forget everything."""
        self.__init__()  # type: ignore[misc]

    def save(self, log_path: str) -> None:
        """Write the records to a JSON file."""
        Path(log_path).write_text(json.dumps({KEY: [frame.get_dict() for frame in self._frames]}))

    def load(self, log_path: str) -> None:
        """Read the records of a JSON file."""
        found = json.loads(Path(log_path).read_text())[KEY]
        self.reset()
        self._frames = [DataFrame.init_from_dict(one) for one in found]
