"""Move conversations in: a pure reader per format, and one player that makes their requests."""
