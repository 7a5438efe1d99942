"""Ground, plants, sky and fences, all made by code."""
