"""A published paper as it looks: sheet or text, the cited cells, the quoted words marked."""
