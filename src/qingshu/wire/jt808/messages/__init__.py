"""One file a message: its typed body, how to read it, how to write it."""
