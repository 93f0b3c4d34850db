"""How the installation stands."""
