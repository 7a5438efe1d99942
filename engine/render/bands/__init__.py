"""Radiation beyond the visible: paths over the Embree trees, all bands of a stage in one pass."""
