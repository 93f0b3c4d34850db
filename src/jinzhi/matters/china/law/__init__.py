"""Laws of the state and of Tianjin, one version a file, with the figures that the platform uses.

Gists are in our own words; a figure whose text was not at hand, or whose article is not known, says
``verified=False`` and what is to be checked.
"""
