"""One problem at one place: three tracks, their clocks, and every voice about it."""
