"""`dutydesk doctor`: small checks of what an operator has set, each saying what to mend.

`result` is what a check gives back and gets; `run` lists them all; one file a field of checks.
"""
