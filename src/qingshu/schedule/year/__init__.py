"""The year plan's arithmetic: which week each visit goes to, and how good that is."""
