"""Animals made by code: smooth skins over posed skeletons, coats painted into textures, USD files."""
