"""The port to route solvers, its adapters and the processes they run in."""
