"""USD to numbers: the only folder that turns a `Usd.Stage` into a `SceneSnapshot`."""
