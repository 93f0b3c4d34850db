"""The log: entries under two Merkle trees a year, signed checkpoints, files to mirror."""
