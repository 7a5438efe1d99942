"""Things on a table, made by code: turned shapes, boxes, and printed or grained textures."""
