"""Randomizers import Isaac Sim's names: put the engine behind them."""

from __future__ import annotations

from engine.import_names import install, start_kit

install()
start_kit()
