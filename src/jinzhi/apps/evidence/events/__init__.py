"""Events: the one way in which anything is written, their personal data, whether they are what the log says."""
