"""The parts of the embedded search engine: the forward index on disk, positions by numpy, ranking."""
