"""Standards of the field as pure code: WIPO's ST series, classifications, Chinese numbers and terms."""
