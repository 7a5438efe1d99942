"""The checker of annotations in tests: beartype, with whole numbers welcome where floats are asked for (PEP 484)."""

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
