"""Registers that every city keeps."""
