"""Search: in whose name a query is read, the index on disk, documents that are alike."""
