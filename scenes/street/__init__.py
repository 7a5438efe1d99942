"""A street made by code: road, pavements, houses with windows, lamps, walls and trees, as one USD file."""
