"""Other programs: `openai_chat` for chat front ends, each a thin door over one assistant.

`doors` says which are open and to whom; `written` puts an answer into one text with its proofs.
"""
