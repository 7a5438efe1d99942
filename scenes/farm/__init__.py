"""Things that stand about on a farm: shapes and paints in metres, one USD file a thing."""
