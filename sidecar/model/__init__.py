"""Say what things are: frozen records, ids, limits, errors and one status table per noun.

The law of this room: pure. No I/O, no clock, no randomness, no SQL.
"""
