"""Vedette: one server for everything a running product says about itself."""

__version__ = "0.1.0"
