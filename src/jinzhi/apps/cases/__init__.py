"""Cases of every declared procedure: opened, taken step by step, corrected, and folded from their events."""
