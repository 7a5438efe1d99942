"""Seeds derived from names: what has its own name draws its own values, whatever else there is."""

from __future__ import annotations

import hashlib
from typing import Any


def derive_seed(*parts: Any) -> int:
    """Derive a seed from anything printable: SHA-256 of the parts, in 1 .. 2^31-2 (Replicator reads 0 as unset)."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return 1 + int.from_bytes(digest[:8], "little") % (2**31 - 2)
