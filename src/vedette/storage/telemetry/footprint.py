"""Give back memory that only the start needed.

Loading the engine's library (half a gigabyte of code) touches some 200 MB of it, most of it never again. These pages
are clean copies of a file: dropping them costs a soft fault each when one is needed after all.
"""

import ctypes
import re
import sys

_MADV_DONTNEED = 4
_RANGE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s+(.*)")
_LIBRARIES = ("_chdb.", "libarrow", "cygrpc")


def release_code_pages() -> int:
    """Drop the resident code of the big libraries from this process; return the bytes of the ranges, 0 elsewhere.

    Only ranges that cannot be written and have no private copy of any page are touched, so nothing can be lost.
    """
    if sys.platform != "linux":
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    released = 0
    for start, end in _code_ranges():
        if libc.madvise(start, end - start, _MADV_DONTNEED) == 0:
            released += end - start
    return released


def _code_ranges() -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    current: tuple[int, int] | None = None
    with open("/proc/self/smaps") as lines:  # noqa: PTH123 - a file of the kernel, read line by line
        for line in lines:
            if match := _RANGE.match(line):
                start, end, rights, path = match.groups()
                is_code = rights in {"r-xp", "r--p"} and any(each in path.rsplit("/", 1)[-1] for each in _LIBRARIES)
                current = (int(start, 16), int(end, 16)) if is_code else None
            elif current and line.startswith("Anonymous:"):
                if line.split()[1] == "0":
                    found.append(current)
                current = None
    return found
