"""Indicators of the city's plan, with their yearly targets."""
