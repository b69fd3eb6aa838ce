"""What tokens cost: a table given at the start, applied once, when a turn completes.

A price is in US dollars per million tokens. Reasoning tokens are output tokens, and not paid for
twice. A cost that the client sends itself is taken as it is.
"""

from typing import NamedTuple

import msgspec

from sidecar.model.fields import Cost as Dollars
from sidecar.model.turn import Usage

MILLION = 1_000_000


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Be what one model costs, in US dollars per million tokens.

    Without a price of their own, cached tokens cost what the others do.
    """

    input: Dollars
    output: Dollars
    cached: Dollars | None = None


class Cost(NamedTuple):
    """Be the cost of a turn, and what it would have been without a cache."""

    usd: float
    without_cache_usd: float


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Be the whole table: prices by model.

    A name is that of a model or `provider/model`; a trailing `*` stands for any end. The
    longest name that fits counts, one with a provider before one without.
    """

    models: dict[str, Price] = {}

    def find(self, model: str | None, provider: str | None) -> Price | None:
        """Look up the price of a model; None if it has none."""
        if model is None:
            return None
        for name in (f"{provider}/{model}", model):
            if name in self.models:
                return self.models[name]
            prefixes = [each for each in self.models if _begins(each, name)]
            if prefixes:
                return self.models[max(prefixes, key=len)]
        return None

    def cost(self, usage: Usage, model: str | None, provider: str | None) -> Cost | None:
        """Work out what a usage costs; None if nobody says.

        A cost that came with the usage stands; the saving is then known only with a price.
        """
        price = self.find(model, provider)
        if price is None:
            return None if usage.cost_usd is None else Cost(usage.cost_usd, usage.cost_usd)
        cached, missed = cached_and_missed(usage)
        paid_for_cached = price.input if price.cached is None else price.cached
        output = (usage.output_tokens or 0) * price.output / MILLION
        saved = cached * (price.input - paid_for_cached) / MILLION
        usd = (missed * price.input + cached * paid_for_cached) / MILLION + output
        if usage.cost_usd is not None:
            usd = usage.cost_usd
        return Cost(usd, usd + saved)


NO_PRICES = Prices()


def _begins(name: str, wanted: str) -> bool:
    return name.endswith("*") and wanted.startswith(name[:-1])


def cached_and_missed(usage: Usage) -> tuple[int, int]:
    """Tell how many input tokens came from a cache and how many did not.

    Misses that are not given are the input that was not cached.
    """
    cached = usage.cached_tokens or 0
    if usage.miss_tokens is not None:
        return cached, usage.miss_tokens
    return cached, max(0, (usage.input_tokens or 0) - cached)
