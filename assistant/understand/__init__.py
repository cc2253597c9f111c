"""Question → Query: what a person typed, read as place, date, body, office, law, wish and matter.

`question.py` is the flow; each other file reads one kind of thing; `names.py` holds what the
corpus calls places, bodies and offices.
"""

from assistant.understand.names import Names
from assistant.understand.places import locate
from assistant.understand.question import before_reform, understand
from assistant.understand.wording import plain, simplified

__all__ = ["Names", "before_reform", "locate", "plain", "simplified", "understand"]
