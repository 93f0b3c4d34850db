"""The class tree: symbols of the classifications with their titles, as loaded or as found in use."""
