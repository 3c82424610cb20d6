"""One command per file; :mod:`qingshu.cli.main` finds them."""
