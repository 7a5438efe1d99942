"""What surfaces are made of and how warm they are, in USD."""
