"""Bundles: an entry with everything that proves it, and the statement."""
