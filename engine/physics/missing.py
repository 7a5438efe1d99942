"""What is said where PhysX is not installed."""

from __future__ import annotations

INSTALL = "pip install 'replicant[physics]' (PhysX on the CPU; NVIDIA's licence)"


class PhysicsMissingError(RuntimeError):
    """PhysX is needed and not installed."""

    def __init__(self) -> None:
        super().__init__(f"the stage cannot be simulated: PhysX (ovphysx) is not installed; {INSTALL}")
