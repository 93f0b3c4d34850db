"""What every city of the country has."""
