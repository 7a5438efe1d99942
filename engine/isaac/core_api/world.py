"""World: a SimulationContext with a scene of named objects, tasks and a data logger."""

from __future__ import annotations

from typing import Any, ClassVar

from .loggers import DataLogger
from .scenes import Scene
from .simulation_context import SimulationContext
from .tasks import BaseTask


class World(SimulationContext):
    """The stage, its objects and its tasks."""

    _world_initialized: ClassVar[bool] = False

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Set the stage up; arguments of `SimulationContext` without `stage`."""
        super().__init__(*arguments, **named)
        if World._world_initialized:
            return
        World._world_initialized = True
        self._scene = Scene()
        self._tasks: dict[str, BaseTask] = {}
        self._tasks_are_built = False
        self._data_logger = DataLogger()

    @classmethod
    def clear_instance(cls) -> None:
        """Forget the instance."""
        World._world_initialized = False
        SimulationContext.clear_instance()

    @property
    def scene(self) -> Scene:
        """The named objects."""
        return self._scene

    def add_task(self, task: BaseTask) -> None:
        """Add a task.

        Raises:
            ValueError: if there is one of this name.
        """
        if task.name in self._tasks:
            raise ValueError(f"World.add_task: a task named '{task.name}' is there already; expected a new name")
        self._tasks[task.name] = task

    def is_tasks_scene_built(self) -> bool:
        """Tell whether the tasks have put their objects in the scene."""
        return self._tasks_are_built

    def get_current_tasks(self) -> dict[str, BaseTask]:
        """Return the tasks by name."""
        return self._tasks

    def get_task(self, name: str) -> BaseTask:
        """Return a task.

        Raises:
            KeyError: if there is none of this name.
        """
        if name not in self._tasks:
            raise KeyError(f"task name {name} doesn't exist; there are: {', '.join(self._tasks) or 'none'}")
        return self._tasks[name]

    def _gather(self, method: str, task_name: str | None) -> dict[str, Any]:
        if task_name is not None:
            return getattr(self.get_task(task_name), method)()  # type: ignore[no-any-return]
        found: dict[str, Any] = {}
        for task in self._tasks.values():
            found |= getattr(task, method)()
        return found

    def get_observations(self, task_name: str | None = None) -> dict[str, Any]:
        """Return what a task (or all of them) observes."""
        return self._gather("get_observations", task_name)

    def calculate_metrics(self, task_name: str | None = None) -> dict[str, Any]:
        """Return what a task (or all of them) measures."""
        return self._gather("calculate_metrics", task_name)

    def is_done(self, task_name: str | None = None) -> bool:
        """Tell whether a task (or all of them) is done."""
        tasks = [self.get_task(task_name)] if task_name is not None else list(self._tasks.values())
        return all(task.is_done() for task in tasks)

    def get_data_logger(self) -> DataLogger:
        """Return the data logger."""
        return self._data_logger

    def initialize_physics(self) -> None:
        """Play, which starts physics."""
        super().initialize_physics()
        self._scene.initialize()

    def _build_tasks(self) -> None:
        if not self._tasks_are_built:
            for task in self._tasks.values():
                task.set_up_scene(self.scene)
            self._tasks_are_built = True

    def reset(self, soft: bool = False) -> None:
        """Stop, play and put every object back to its default state."""
        self._build_tasks()
        if not soft:
            self.stop()
        for task in self._tasks.values():
            task.cleanup()
        super().reset(soft)
        self._after_reset()

    def _after_reset(self) -> None:
        self._scene.initialize()
        self._scene.post_reset()
        for task in self._tasks.values():
            task.post_reset()

    async def reset_async(self, soft: bool = False) -> None:
        """Stop, play and put every object back to its default state."""
        await self.reset_async_set_up_scene()
        await self.reset_async_no_set_up_scene(soft)

    async def reset_async_set_up_scene(self, soft: bool = False) -> None:
        """Let the tasks put their objects in the scene."""
        self._build_tasks()

    async def reset_async_no_set_up_scene(self, soft: bool = False) -> None:
        """Stop, play and put every object back, without setting tasks up."""
        if not soft:
            await self.stop_async()
        for task in self._tasks.values():
            task.cleanup()
        await super().reset_async(soft)
        self._after_reset()

    def step(  # type: ignore[override]
        self, render: bool = True, step_sim: bool = True, update_fabric: bool = False
    ) -> None:
        """Run one frame (or one physics step), with the tasks before it and the data logger after it."""
        self._before_step()
        if step_sim:
            super().step(render, update_fabric)
        self._log()

    def step_async(self, step_size: float | None = None) -> None:
        """Do what comes before and after a step that the app runs itself."""
        self._before_step()
        self._log()

    def _before_step(self) -> None:
        if self._tasks_are_built:
            for task in self._tasks.values():
                task.pre_step(self.current_time_step_index, self.current_time)

    def _log(self) -> None:
        if self._data_logger.is_started():
            self._data_logger.record(self._tasks, self._scene, self.current_time_step_index, self.current_time)

    def clear(self) -> None:
        """Remove the objects, the tasks and the prims."""
        self._scene.clear()
        self._tasks, self._tasks_are_built = {}, False
        self._data_logger = DataLogger()
        super().clear()
