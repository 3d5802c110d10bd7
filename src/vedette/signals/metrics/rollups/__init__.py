"""Samples summed up over 5 minutes and over an hour: making these rollups, and answering long ranges from them."""
