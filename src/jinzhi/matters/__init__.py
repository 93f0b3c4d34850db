"""Declarations: what the law and the plan say, as values; found by name and imported by nobody."""
