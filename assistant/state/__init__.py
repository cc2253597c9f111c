"""What the service itself remembers, in SQL: the journal, conversations, editors' deeds, limits."""
