"""`generate.py` that waits once it has kept the sample GATE_KEY, until somebody opens the gate: it cannot end too soon.

It makes the file `reached` in the folder GATE and goes on when the file `open` is there.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from isaacsim import SimulationApp

from replicator_scripts import application
from replicator_scripts.generate import generate
from writers.shards.sample import Sample
from writers.shards.sink import ShardSink

GATE, KEY = Path(os.environ["GATE"]), os.environ["GATE_KEY"]
write = ShardSink.write


def write_and_wait(sink: ShardSink, sample: Sample) -> None:
    """Keep a sample; after the one that is named, wait."""
    write(sink, sample)
    if sample.key == KEY:
        (GATE / "reached").touch()
        while not (GATE / "open").exists():
            time.sleep(0.01)


ShardSink.write = write_and_wait  # type: ignore[method-assign]
application.run(generate, SimulationApp)
