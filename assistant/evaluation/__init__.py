"""Questions with known answers → figures. One file a step.

`cases` reads the questions, `judge` asks and judges them, `measures` and `intervals` are the
arithmetic, `figures` sums up, `ablation` switches retrieval's parts off, `table`
and `page` (with `charts`) show a `report`.
"""
