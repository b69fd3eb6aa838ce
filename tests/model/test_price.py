"""What a turn costs: by the table, once."""

from pathlib import Path

import msgspec
import pytest

from sidecar.model.price import NO_PRICES, Price, Prices
from sidecar.model.turn import Usage

TABLE = Prices(
    {
        "large": Price(input=2.0, output=10.0, cached=0.5),
        "large-*": Price(input=1.0, output=1.0),
        "large-2*": Price(input=3.0, output=1.0),
        # Before the shorter one in the order of the alphabet, too.
        "large-(new)*": Price(input=5.0, output=1.0),
        "shop/large": Price(input=4.0, output=20.0, cached=1.0),
        "home/*": Price(input=0.0, output=0.0),
    }
)


@pytest.mark.parametrize(
    ("model", "provider", "name"),
    [
        ("large", None, "large"),
        ("large", "shop", "shop/large"),
        ("large", "elsewhere", "large"),
        ("large-1", None, "large-*"),
        ("large-25", "shop", "large-2*"),
        ("large-(new) 1", None, "large-(new)*"),
        ("any", "home", "home/*"),
        ("any", None, None),
        (None, "home", None),
    ],
)
def test_the_longest_name_that_fits_counts(
    model: str | None, provider: str | None, name: str | None
) -> None:
    assert TABLE.find(model, provider) == (TABLE.models[name] if name else None)


def test_cached_tokens_cost_their_own_price() -> None:
    usage = Usage(input_tokens=1_000_000, cached_tokens=400_000, output_tokens=100_000)
    cost = TABLE.cost(usage, "large", None)
    assert cost is not None
    assert cost.usd == pytest.approx(0.6 * 2 + 0.4 * 0.5 + 0.1 * 10)
    assert cost.without_cache_usd == pytest.approx(2 + 0.1 * 10)


def test_cached_tokens_cost_as_the_others_where_the_table_has_no_price_for_them() -> None:
    usage = Usage(input_tokens=1_000_000, cached_tokens=400_000)
    cost = TABLE.cost(usage, "large-1", None)
    assert cost is not None
    assert cost.usd == cost.without_cache_usd == pytest.approx(1.0)


def test_a_providers_own_price_is_what_a_usage_costs() -> None:
    cost = TABLE.cost(Usage(input_tokens=1_000_000), "large", "shop")
    assert cost is not None and cost.usd == 4.0


def test_reasoning_is_output_and_paid_for_once() -> None:
    usage = Usage(output_tokens=1_000_000, reasoning_tokens=900_000)
    cost = TABLE.cost(usage, "large", None)
    assert cost is not None and cost.usd == 10.0


def test_misses_that_are_given_count_as_given() -> None:
    usage = Usage(input_tokens=10, miss_tokens=1_000_000)
    cost = TABLE.cost(usage, "large", None)
    assert cost is not None and cost.usd == 2.0


def test_a_cost_that_was_sent_stands() -> None:
    assert TABLE.cost(Usage(cost_usd=0.25), "large", None) == (0.25, 0.25)
    assert NO_PRICES.cost(Usage(cost_usd=0.25), "large", None) == (0.25, 0.25)


def test_without_a_price_nobody_knows() -> None:
    assert NO_PRICES.cost(Usage(input_tokens=5), "large", None) is None


@pytest.mark.parametrize("price", ["-1", "inf", "nan", "1e300"])
def test_a_price_that_nothing_costs_is_refused(price: str) -> None:
    for name in ("input", "output", "cached"):
        prices = {"input": "1", "output": "1", name: price}
        lines = "\n".join(f"{each} = {price}" for each, price in prices.items())
        with pytest.raises(msgspec.ValidationError):
            msgspec.toml.decode(f"[models.m]\n{lines}\n", type=Prices)


def test_a_name_that_no_price_has_is_refused() -> None:
    for text in (
        "[models.m]\ninput = 1\noutput = 1\ncahced = 1\n",
        "[modles.m]\ninput = 1\noutput = 1\n",
    ):
        with pytest.raises(msgspec.ValidationError, match="unknown field"):
            msgspec.toml.decode(text, type=Prices)


def test_the_documented_example_is_a_table_of_prices() -> None:
    example = Path(__file__).parents[2] / "protocol" / "examples" / "prices.toml"
    found = msgspec.toml.decode(example.read_bytes(), type=Prices)
    assert found.find("large-7", None) is not None
