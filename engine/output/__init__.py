"""Where bytes go: backends, image encoders and the write queue."""
