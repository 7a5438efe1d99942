"""The writers of the running script, and handing them their frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.graph.graph import get_graph
from engine.output import queue
from engine.replicator import viewport_manager
from engine.replicator.writer_payload import enabled_products, payload

if TYPE_CHECKING:
    from engine.replicator.annotator import Annotator
    from engine.replicator.writer import Writer

_writers: list[Writer] = []


def add(writer: Writer) -> None:
    """Take a writer in; twice is once."""
    if drop_product not in viewport_manager.on_destroyed:
        viewport_manager.on_destroyed.append(drop_product)
    if writer not in _writers:
        _writers.append(writer)


def remove(writer: Writer) -> None:
    """Let a writer go; one that is not there is fine."""
    if writer in _writers:
        _writers.remove(writer)


def drop_product(path: str) -> None:
    """Forget a destroyed render product; a writer that had no other is detached."""
    for writer in attached_writers():
        if writer._attached.pop(path, None) is not None and not writer._attached:
            remove(writer)


def attached_writers() -> list[Writer]:
    """Return the attached writers in order of attachment."""
    return list(_writers)


def write_frame() -> None:
    """Give the captured frame to every writer whose turn it is.

    Raises:
        WriteError: if a file of an earlier frame could not be written.
    """
    queue.raise_earlier_error()
    for writer in attached_writers():
        if _is_due(writer) and enabled_products(writer):
            writer.write_metadata()
            writer.write(payload(writer))
            writer.num_written += 1
            writer._unfinished = True


def idle_annotators() -> list[Annotator]:
    """Return the annotators of writers that follow a trigger which has not fired in this frame."""
    waiting = [writer for writer in _writers if hasattr(writer._trigger, "node") and not writer._scheduled]
    idle = [writer for writer in waiting if not get_graph().fired(writer._trigger)]
    return [annotator for writer in idle for annotator in writer.get_attached_annotators()]


def read_annotators() -> list[Annotator]:
    """Return the annotators of every attached writer."""
    return [annotator for writer in _writers for annotator in writer.get_attached_annotators()]


def final_frame() -> None:
    """Let every writer that wrote since the last time finish."""
    for writer in attached_writers():
        if writer._unfinished:
            writer._unfinished = False
            writer.on_final_frame()


def wait_until_written() -> None:
    """Wait until the files of every writer, attached or not, are on disk.

    Raises:
        WriteError: if a file could not be written.
    """
    for writer in _writers:
        if hasattr(writer.backend, "wait_until_done"):
            writer.backend.wait_until_done()
    queue.wait_until_written()


def detach_all() -> None:
    """Detach every writer."""
    for writer in attached_writers():
        writer.detach()


def _is_due(writer: Writer) -> bool:
    from engine.replicator.writer import ON_FRAME

    scheduled, writer._scheduled = writer._scheduled, False
    trigger = writer._trigger
    if trigger is None:
        return scheduled
    if trigger == ON_FRAME:
        return True
    if hasattr(trigger, "node"):
        return scheduled or get_graph().fired(trigger)
    return scheduled or bool(trigger())
