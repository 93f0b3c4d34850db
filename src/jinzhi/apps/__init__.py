"""Keeping and running, with Django: one app a subject, every write a verb in its actions."""
