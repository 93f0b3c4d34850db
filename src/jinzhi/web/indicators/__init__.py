"""Indicators with their past, parts and records."""
