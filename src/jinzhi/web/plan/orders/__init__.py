"""Supervision orders 督办单."""
