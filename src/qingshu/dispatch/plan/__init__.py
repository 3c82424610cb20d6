"""The day plan: who does what in which order, made by solvers, judged by a checker."""
