"""One module per wire protocol: bytes in, rows of one or more signals out."""
