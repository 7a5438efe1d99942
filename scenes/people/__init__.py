"""People made by code: posed figures, heads and hands, clothes over them, USD files."""
