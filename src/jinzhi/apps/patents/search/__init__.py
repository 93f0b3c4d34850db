"""Search: in whose name a query is read, the index, likeness."""
