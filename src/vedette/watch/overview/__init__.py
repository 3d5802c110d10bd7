"""The page Now: is everything all right, and if not, where?"""
