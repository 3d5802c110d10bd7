"""The page Now, which asks: is everything all right, and if not, where."""
