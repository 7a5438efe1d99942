"""What is in the world before anything is random: YAML scenarios, small USD builders, assets made by code."""
