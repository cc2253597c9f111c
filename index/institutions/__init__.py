"""Bodies (机构), from the names in papers to a graph of them.

`naming` what papers write → full names · `templates` organs of every level · `names` how people call
them · `kinds` organ or institution · `collect` all bodies of a corpus · `succession` what became of
them · `graph` all this, looked up by name.
"""
