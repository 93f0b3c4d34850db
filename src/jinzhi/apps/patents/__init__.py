"""Patents: the collection of documents, how it is searched, and what searchers keep."""
