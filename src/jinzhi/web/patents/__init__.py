"""Patents: search, documents, analysis, what searchers keep."""
