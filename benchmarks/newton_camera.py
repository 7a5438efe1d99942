"""The benchmark scene through Newton's SensorCamera on the CPU (its own environment; see run.py)."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
