"""What staff look things up with; pure over one corpus version, no HTTP.

`tools` what all of it works with · `wanted` what is asked for · `search` rows, order and counts ·
`township` what a township does itself · `sides` and `compare` two sides row by row · `matrix` matters
× holders · `coverage` and `bars` for charts · `sheet` and `tables` for taking away.
"""
