"""What residents and the hotline say: one inbox for every channel."""
