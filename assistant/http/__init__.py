"""The HTTP surface: `app` puts it together, `asking` is for programs, `pages` and `sources` for people."""
