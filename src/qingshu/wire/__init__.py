"""Pure codecs: bytes to typed messages and back."""
