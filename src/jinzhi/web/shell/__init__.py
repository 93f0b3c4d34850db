"""What every page stands on: who may see it, what its address and form say, errors, the head."""
