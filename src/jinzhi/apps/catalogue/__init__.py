"""The catalogue: declarations gathered and checked, the clock, and the registries that apps answer."""
