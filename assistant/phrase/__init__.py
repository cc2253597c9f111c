"""What a chat model may do, where there is one: word an answer, and help to understand a question.

`llm` knows the models · `prompting` fills `prompts/` in · `rewording` makes follow-ups whole and plain
words official · `phraser` words an answer, each sentence checked before it is shown.
"""
