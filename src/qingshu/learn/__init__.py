"""What recurs, how well it was solved, and the files of difficult spots."""
