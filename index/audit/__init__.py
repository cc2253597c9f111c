"""What the papers say against each other and what they leave out: one file a subject of rules.

`papers` the records in force · `alarm` what a rule reports · `bodies` `rows` `claims` `townships`
`bases` `boundaries` the rules · `run` all of them in order · `report` as plain values and rows.
"""

from index.audit.alarm import Alarm, Rule, Side
from index.audit.papers import Papers
from index.audit.run import RULES, audit

__all__ = ["RULES", "Alarm", "Papers", "Rule", "Side", "audit"]
