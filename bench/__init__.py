"""Benchmarks: speed and quality, kept apart."""
