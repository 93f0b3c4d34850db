"""Custody of evidence."""
