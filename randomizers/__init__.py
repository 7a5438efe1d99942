"""What varies: one file a randomizer, each a function of the file's name built from rep.* calls."""
