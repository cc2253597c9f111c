"""What staff look things up with; pure over one corpus version, no HTTP.

`wanted` what is asked for · `search` rows, order and counts · `township` what a township does itself
· `editions` one row through its editions · `compare` two sides row by row · `matrix` matters × holders
· `coverage` and `bars` for charts · `sheet` and `paper` for taking away.
"""
