"""Milestones and their sheets."""
