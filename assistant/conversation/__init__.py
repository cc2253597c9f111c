"""Questions that lean on the one before: `turns` reads them, `store` keeps the last turn."""
