"""Hold the engine's pictures against golden images that NVIDIA rendered on RTX: `python -m engine.conformance.rtx`."""
