"""isaacsim.benchmark.services.metrics: what a benchmark measures."""
