"""Try again, but not for ever: what object stores need and nobody should notice."""

from __future__ import annotations

import errno
import logging
import os
import re
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

log = logging.getLogger("replicant.storage")
Result = TypeVar("Result")

PASSING = {408, 409, 425, 429, 500, 502, 503, 504}  # HTTP: come back later
_PASSING_NAMES = {  # by name: neither botocore nor aiohttp need be installed
    "HTTPClientError",  # botocore: connection closed, timed out, TLS
    "EndpointConnectionError",
    "ResponseParserError",
    "ResponseStreamingError",
    "IncompleteReadError",
    "ClientPayloadError",  # aiohttp: the body ended early
    "ClientConnectionError",
    "FlexibleChecksumError",  # the body is not what was stored
    "ChecksumError",
    "ServiceRequestError",  # azure
    "ServiceResponseError",
    "RequestException",  # requests, below gcsfs
    "HTTPError",  # httpx
    "HTTPException",  # http.client
}
_PASSING_ERRNO = {errno.EBUSY, errno.ECONNRESET, errno.ECONNREFUSED, errno.EPIPE, errno.ETIMEDOUT, errno.EREMOTEIO}


class StorageError(OSError):
    """An object store refused, or did not answer in time."""


class Passing(Exception):
    """A fault of ours to report that another try may mend."""


@dataclass(frozen=True)
class Retries:
    """How often and how long to try.

    Attributes:
        tries: at most so many, the first one included.
        first: pause after the first try, seconds; it doubles after each.
        longest: longest pause, seconds.
        total: no try begins later than this after the first, seconds.
    """

    tries: int = 8
    first: float = 0.5
    longest: float = 20.0
    total: float = 180.0

    def run(self, operation: str, url: str, action: Callable[[], Result]) -> Result:
        """Do something until it succeeds.

        Args:
            operation: what is done, e.g. "read".
            url: to what, without credentials.
            action: does it once.

        Raises:
            StorageError: if it does not succeed in time, or cannot succeed.
            FileNotFoundError: at once, if `action` raises it.
        """
        begun = time.monotonic()
        for number in range(1, self.tries + 1):
            try:
                return action()
            except (FileNotFoundError, StorageError, TypeError, AttributeError, NameError):
                raise
            except Exception as error:  # every store raises kinds of its own; none is swallowed
                pause = self._pause(number, url)
                late = time.monotonic() - begun + pause > self.total
                if not is_passing(error):
                    raise StorageError(f"cannot {operation} {url}: {reason(error)}") from error
                if number == self.tries or late:
                    raise StorageError(
                        f"cannot {operation} {url}: {number} tries in {time.monotonic() - begun:.0f} s failed, "
                        f"the last one with: {reason(error)}; is the store there, and does it let us in?"
                    ) from error
                log.warning("%s %s: %s; try %d of %d follows", operation, url, reason(error), number + 1, self.tries)
            time.sleep(pause)
        raise ValueError(f"{self.tries} tries; expected at least 1")

    def _pause(self, number: int, url: str) -> float:
        """Return the pause after try `number`: spread over processes, so that a thousand do not come back at once."""
        spread = zlib.crc32(f"{os.getpid()} {url} {number}".encode()) / 2**32
        return min(self.first * 2 ** (number - 1), self.longest) * (0.5 + 0.5 * spread)


def is_passing(error: BaseException) -> bool:
    """Tell whether another try may succeed: a time-out, a lost connection, an overloaded server."""
    for link in chain(error):
        status = status_of(link)
        if status is not None:
            return status in PASSING or code_of(link) in {"RequestTimeout", "SlowDown", "IncompleteBody"}
        if isinstance(link, (Passing, TimeoutError, ConnectionError)):
            return True
        if any(kind.__name__ in _PASSING_NAMES for kind in type(link).__mro__):
            return True
        if isinstance(link, OSError) and link.errno in _PASSING_ERRNO:
            return True
    return False


def chain(error: BaseException) -> Iterator[BaseException]:
    """Go from an error to what caused it."""
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status in an error of botocore, azure, gcsfs or aiohttp."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    for name in ("status_code", "status", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int) and 100 <= value < 600:
            return value
    return None


def code_of(error: BaseException) -> str:
    """Return the store's own name of an error, e.g. "SlowDown"; "" where it has none."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def reason(error: BaseException) -> str:
    """Say in one line what went wrong, without what stands before an `@` in an address."""
    if type(error).__name__ in {"NoCredentialsError", "PartialCredentialsError"}:
        return (
            "no credentials; give them by the standard chain: environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), "
            "a profile (AWS_PROFILE) or the role of the machine"
        )
    text = " ".join(str(error).split()) or type(error).__name__
    return re.sub(r"//[^/@\s]+@", "//***@", text)[:400]
