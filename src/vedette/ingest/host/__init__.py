"""Collector of the machine Vedette runs on."""
