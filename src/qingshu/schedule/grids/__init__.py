"""Offices into contiguous grids of even load."""
