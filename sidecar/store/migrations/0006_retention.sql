-- What has been pruned, of the log and of each thread: who reads on from before it has missed something.
ALTER TABLE daemon ADD COLUMN pruned_seq INTEGER NOT NULL DEFAULT 0 CHECK (pruned_seq >= 0);
ALTER TABLE thread_names ADD COLUMN pruned_seq INTEGER NOT NULL DEFAULT 0 CHECK (pruned_seq >= 0);
-- The time of the newest event of an open turn that is gone: recovery ends the turn no earlier.
ALTER TABLE turns ADD COLUMN pruned_at_ms INTEGER;
