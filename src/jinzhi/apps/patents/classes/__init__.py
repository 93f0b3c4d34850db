"""The class tree."""
