"""Qingshu 清疏: a city's septic-tank desludging as one closed loop."""

__version__ = "0.1.0"
