"""Evidence: every write as an event in a log that others can check, and the files that events name."""
