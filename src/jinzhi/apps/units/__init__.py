"""Units: the tree of who keeps what, and the guard that shows rows to those who may see them."""
