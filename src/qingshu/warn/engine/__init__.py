"""Engines that turn readings into alarm transitions, and the observer that runs one."""
