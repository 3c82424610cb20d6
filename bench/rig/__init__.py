"""Brokers, publishers and towns that benchmarks and loss tests set up for themselves."""
