"""Keep the facts: the only room that knows SQLite and SQL.

The law of this room: every change of state is one guarded statement and commits together
with its event; a verb refuses with a named error or asserts, it never repairs in silence.
"""
