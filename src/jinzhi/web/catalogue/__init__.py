"""Declarations as pages and guides (办事指南)."""
