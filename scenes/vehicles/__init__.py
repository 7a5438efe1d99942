"""Cars made by code: lofted bodies with windows, wheels and lamps, USD files."""
