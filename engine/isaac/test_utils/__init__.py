"""isaacsim.test.utils without a checkout: what the `--test` checks of the published examples call."""
