"""The rows and units of the city's plan."""
