"""What is written: one file a format; subclasses of rep.Writer; shards."""
