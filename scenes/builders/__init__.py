"""Builders: one file each with `build(stage, path, rng, **options)`, found by being in this folder."""
