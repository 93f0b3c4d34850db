"""Progress reports: list, form, check, steps."""
