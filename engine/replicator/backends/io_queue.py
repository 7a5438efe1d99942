"""omni.replicator.core.backends.io_queue: the queue behind every backend."""

from engine.output.queue import wait_until_written, write_queue
from engine.replicator.missing import refuse


def wait_until_done() -> None:
    """Wait until everything scheduled is written.

    Raises:
        WriteError: if a file could not be written.
    """
    wait_until_written()


def is_done_writing() -> bool:
    """Tell whether everything scheduled is written."""
    return write_queue().is_idle()


def set_max_queue_size(size: int) -> None:
    """Choose how many tasks may wait to be written."""
    write_queue().set_size(size)


__all__ = ["is_done_writing", "set_max_queue_size", "wait_until_done"]
__getattr__ = refuse("omni.replicator.core.backends.io_queue")
