"""The demonstration city, made through the same verbs as a real one."""
