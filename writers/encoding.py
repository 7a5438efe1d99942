"""Encode on a few threads while the next frame is made; hand on in order.

OpenCV and NumPy let other threads run while they encode, so threads do, without copies between processes. A job sees
nothing but what it was given, so the bytes are the same for any number of threads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

Result = TypeVar("Result")
MACHINE_ERRORS = (MemoryError, OSError)  # say nothing about the frame: it must not be skipped for them
SPARE = 2  # results that may wait for their turn beside the jobs that the threads are at


class EncodingError(ValueError):
    """A frame whose outputs cannot be encoded.

    Attributes:
        frame: the one.
    """

    def __init__(self, frame: int, error: Exception) -> None:
        super().__init__(f"frame {frame} cannot be encoded: {error}")
        self.frame = frame


@dataclass(frozen=True)
class _Waiting(Generic[Result]):
    frame: int
    future: Future[Result]


class EncoderPool(Generic[Result]):
    """Run jobs on threads and give their results to `sink` in the order of the jobs.

    `sink` is called by `submit` and `drain`, on the thread that calls them, so it needs no locks, and what it raises
    (a full disk) is raised there.

    Args:
        sink: takes each result.
        threads: how many; with 0 every job runs within `submit`.
        pending: most jobs that are not handed on yet; `submit` waits where there are as many. Each holds the arrays of
            a frame, so memory is bounded by it. Default: one for each thread and two more.

    Raises:
        ValueError: for fewer than 0 threads or 1 pending job.
    """

    def __init__(self, sink: Callable[[Result], object], threads: int = 1, pending: int | None = None) -> None:
        self.threads = threads
        self.pending = threads + SPARE if pending is None else pending
        if threads < 0 or self.pending < 1:
            raise ValueError(
                f"an encoder pool of {threads} threads and {self.pending} pending jobs was asked for; expected "
                "at least 0 threads and 1 pending job"
            )
        self._sink = sink
        self._waiting: deque[_Waiting[Result]] = deque()
        self._executor: ThreadPoolExecutor | None = None

    def submit(self, frame: int, job: Callable[[], Result]) -> None:
        """Queue the job of a frame, then hand on what is ready; waits while too much is pending.

        The job is queued whatever is raised: the caller may go on after an error of an earlier frame.

        Raises:
            EncodingError: if the job of this or an earlier frame failed; that frame is not handed on, all others are.
                Want of memory and errors of the system are raised as they are.
        """
        self._waiting.append(_Waiting(frame, self._start(job)))
        while self._waiting and (len(self._waiting) >= self.pending or self._waiting[0].future.done()):
            self._hand_on()

    def drain(self) -> None:
        """Wait for all jobs and hand their results on; the pool can be used again.

        Raises:
            EncodingError: if a job failed; the jobs after it wait for the next call.
        """
        while self._waiting:
            self._hand_on()

    def abandon(self) -> None:
        """Drop the jobs that are not handed on and end the threads."""
        for waiting in self._waiting:
            waiting.future.cancel()
        self._waiting.clear()
        self.close()

    def close(self) -> None:
        """End the threads; jobs that are still there can be handed on by `drain`."""
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = None

    def __len__(self) -> int:
        """Count the jobs that are not handed on yet."""
        return len(self._waiting)

    def _start(self, job: Callable[[], Result]) -> Future[Result]:
        if self.threads:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(self.threads, thread_name_prefix="encode")
            return self._executor.submit(job)
        future: Future[Result] = Future()
        try:
            future.set_result(job())
        except Exception as error:  # as the threads do: `_hand_on` names the frame
            future.set_exception(error)
        return future

    def _hand_on(self) -> None:
        """Give the first result to the sink; a job leaves the queue only when it is done."""
        first = self._waiting[0]
        error = first.future.exception()  # waits; Ctrl-C here leaves the job where it is
        self._waiting.popleft()
        if isinstance(error, Exception) and not isinstance(error, MACHINE_ERRORS):
            raise EncodingError(first.frame, error) from error
        if error is not None:
            error.add_note(f"while frame {first.frame} was being encoded")
            raise error
        self._sink(first.future.result())
