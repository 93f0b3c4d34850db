"""待办: what waits for the acting post."""
