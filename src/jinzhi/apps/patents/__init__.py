"""The collection of patents: store, import, families, citations, status, index, search."""
