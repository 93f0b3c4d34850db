"""The store: documents as rows, read from files, with families, status and places."""
