"""Jinzhi 津知: a platform on which a city's intellectual-property plan is run and measured."""

__version__ = "0.1.0"
