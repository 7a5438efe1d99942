"""What Isaac Sim offers (recorded), what the engine offers (looked up), and the published scripts that prove it."""
