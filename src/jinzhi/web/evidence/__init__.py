"""The log, its files, bundles and their verification, witnesses."""
