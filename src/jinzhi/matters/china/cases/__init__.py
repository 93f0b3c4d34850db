"""Procedures that the law of the state gives every city."""
