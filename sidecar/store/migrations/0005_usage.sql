-- What a turn's usage is counted under, fixed when it completes: history is never repriced.
ALTER TABLE turns ADD COLUMN model TEXT;
ALTER TABLE turns ADD COLUMN provider TEXT;
ALTER TABLE turns ADD COLUMN cost_without_cache_usd REAL CHECK (cost_without_cache_usd >= 0);

UPDATE turns SET
    model = (SELECT model FROM threads WHERE threads.key = turns.thread_key),
    provider = (SELECT provider FROM threads WHERE threads.key = turns.thread_key),
    cost_without_cache_usd = cost_usd
WHERE has_usage = 1;

-- usage/aggregate, which reads nothing else
CREATE INDEX turns_usage ON turns (
    created_at_ms, thread_key, model, provider, input_tokens, output_tokens, cached_tokens,
    miss_tokens, reasoning_tokens, cost_usd, cost_without_cache_usd
) WHERE has_usage = 1;
