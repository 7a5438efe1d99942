"""Split a run into tasks of whole shards and hand them to an existing engine: local pool, Slurm, Kubernetes, Ray."""
