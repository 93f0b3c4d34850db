"""Registers: entries of every declared register, with their history and their exchange by Excel."""
