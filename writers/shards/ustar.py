"""USTAR, as far as a shard needs it: plain files with fixed attributes, written and read in order.

Source: POSIX.1-1988 ustar interchange format.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

BLOCK = 512
TRAILER = bytes(2 * BLOCK)


class TarError(ValueError):
    """A tar file is cut short or damaged."""


def member(name: str, data: bytes) -> bytes:
    """Return one member: header, data, padding; mode 0444, no owner, no time.

    Raises:
        ValueError: if the name or the data does not fit the format.
    """
    prefix, short = _split(name)
    if len(data) >= 8**11:
        raise ValueError(f"member '{name}' has {len(data)} bytes; a tar member holds less than 8 GiB")
    fields = [
        short.ljust(100, b"\0"),
        b"0000444\0" + b"0000000\0" * 2,  # mode, owner, group
        f"{len(data):011o}\0".encode() + b"00000000000\0",  # size, time
        b" " * 8 + b"0" + bytes(100) + b"ustar\x0000" + bytes(80),  # checksum, type, link, magic, names, devices
        prefix.ljust(155, b"\0") + bytes(12),
    ]
    header = b"".join(fields)
    header = header[:148] + f"{sum(header):06o}\0 ".encode() + header[156:]
    return header + data + bytes(-len(data) % BLOCK)


def members(file: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Yield (name, data) of every member.

    Raises:
        TarError: if the file is damaged or does not end with its trailer.
    """
    while True:
        header = file.read(BLOCK)
        if header == bytes(BLOCK):
            if file.read(BLOCK) != bytes(BLOCK) or file.read(1):
                raise TarError("the tar file does not end with its trailer")
            return
        name, size = _header(header)
        data = file.read(size)
        if len(data) != size or len(file.read(-size % BLOCK)) != -size % BLOCK:
            raise TarError(f"the tar file is cut short in member '{name}'")
        yield name, data


def _header(header: bytes) -> tuple[str, int]:
    if len(header) != BLOCK:
        raise TarError("the tar file is cut short")
    try:
        total = int(header[148:156].rstrip(b"\0 "), 8)
        size = int(header[124:136].rstrip(b"\0 "), 8)
        name = "/".join(part.rstrip(b"\0").decode() for part in (header[345:500], header[:100]) if part.strip(b"\0"))
    except ValueError as error:
        raise TarError(f"the tar file has a damaged header: {error}") from error
    if sum(header[:148]) + sum(header[156:]) + 8 * 32 != total:
        raise TarError(f"the tar file has a damaged header near '{name}'")
    return name, size


def _split(name: str) -> tuple[bytes, bytes]:
    """Split a name into ustar's prefix (up to 155 bytes) and name (up to 100)."""
    encoded = name.encode()
    if len(encoded) <= 100:
        return b"", encoded
    at = encoded.find(b"/", len(encoded) - 101)
    if not 0 < at <= 155 or at == len(encoded) - 1:
        raise ValueError(f"member name '{name}' is too long for a tar header; expected at most 100 bytes")
    return encoded[:at], encoded[at + 1 :]
