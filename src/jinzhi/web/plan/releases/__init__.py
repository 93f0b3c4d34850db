"""Releases of plans and how a document becomes one."""
