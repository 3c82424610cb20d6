"""Who goes and by which road."""
