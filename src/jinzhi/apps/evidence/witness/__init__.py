"""Witnesses: who cosigns this log, which logs this installation cosigns, keys changed in the open."""
