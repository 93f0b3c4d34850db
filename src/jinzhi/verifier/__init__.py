"""The stand-alone verifier of evidence bundles: nothing of the platform, nothing but the standard library."""
