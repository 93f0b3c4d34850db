"""Documents from outside, read into values: patent offices' files, tables, plans."""
