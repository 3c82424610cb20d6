"""Tables that people bring: read, judged row by row, saved whole or not at all."""
