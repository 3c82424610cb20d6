"""Who goes, by which road, and why not the others."""
