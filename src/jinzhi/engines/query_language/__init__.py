"""The search language: text to a query and back, the echo in words, other systems' languages."""
