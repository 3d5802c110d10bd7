"""Which series a key stands for, for very many keys at once."""

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Slots = NDArray[np.int32]

_LEAST = 16


class KeyTable:
    """A hash table with open addressing, between a quarter and half full; 36 to 60 bytes a key. Immutable.

    Keys are hashes already, and keyed ones: their low bits say where to begin, and nobody can make them meet there.
    """

    def __init__(self, keys: Keys, slots: Slots) -> None:
        size = max(_LEAST, 1 << (2 * len(keys) - 1).bit_length())
        self._mask = np.uint64(size - 1)
        self._keys = np.zeros(size, np.uint64)
        self._slots = np.full(size, -1, np.int32)
        self.keys, self.slots = keys, slots
        places, left = self._first(keys), np.arange(len(keys))
        while len(left):
            # Of several that want an empty cell the last one written has it; the others go on.
            empty = self._slots[places] < 0
            wanted = places[empty]
            self._slots[wanted], self._keys[wanted] = slots[left[empty]], keys[left[empty]]
            stays = (self._slots[places] == slots[left]) & (self._keys[places] == keys[left])
            left, places = left[~stays], self._next(places[~stays])

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self.keys)

    def find(self, keys: Keys) -> Slots:
        """Return the slot of each key, -1 for those that are not here."""
        places = self._first(keys)
        found = self._slots[places]
        left = np.flatnonzero((self._keys[places] != keys) & (found >= 0))
        places = places[left]
        while len(left):
            places = self._next(places)
            found[left] = slots = self._slots[places]
            others = (self._keys[places] != keys[left]) & (slots >= 0)
            left, places = left[others], places[others]
        return found

    def _first(self, keys: Keys) -> NDArray[np.int64]:
        return (keys & self._mask).view(np.int64)

    def _next(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        return (places + 1) & np.int64(self._mask)


def no_keys() -> KeyTable:
    """Return a table without keys."""
    return KeyTable(np.empty(0, np.uint64), np.empty(0, np.int32))
