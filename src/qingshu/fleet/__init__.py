"""Trucks, live: where they are, what they do, what they carry."""
