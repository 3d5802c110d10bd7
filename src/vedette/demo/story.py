"""What the demo shop sells, who comes, when it is busy and what goes wrong; the same now and in its past."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

StepName = Literal["home", "search", "product", "add_to_cart", "signup", "checkout"]

STABLE_RELEASE = "2.7.3"
OLDER_RELEASE = "2.6.4"
BAD_RELEASES = ("2.8.0", "2.8.1")
PAYMENTS_RELEASE, WORKER_RELEASE, WEB_RELEASE, AGENT_RELEASE = "1.14.2", "3.2.0", "5.1.0", "0.9.1"
PEOPLE = 4000
REQUESTS_PER_VISIT = 3.8  # the mean of 10,000 visits
REVENUE_UNIT = "EUR"
# Into which buckets the times of jobs are counted; the SDK's own bounds are made for milliseconds.
JOB_BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
# What a slow gateway adds to the answer about instalments, in seconds; the shop keeps a connection meanwhile.
SLOW_INSTALMENTS_S = (0.6, 1.8)


@dataclass(frozen=True, slots=True)
class Product:
    """One thing the shop sells; the price is in euros."""

    id: str
    name: str
    category: str
    price: float


PRODUCTS = tuple(
    Product(f"p{number:03}", name, category, price)
    for number, (name, category, price) in enumerate(
        (
            ("Trail Runner 3", "shoes", 129.0),
            ("City Sneaker", "shoes", 89.9),
            ("Alpine Boot", "shoes", 219.0),
            ("Merino Base Layer", "clothing", 74.5),
            ("Rain Shell", "clothing", 189.0),
            ("Fleece Hoodie", "clothing", 69.0),
            ("Wool Socks, 3 pairs", "clothing", 27.9),
            ("Daypack 22 l", "packs", 99.0),
            ("Trekking Pack 55 l", "packs", 239.0),
            ("Dry Bag 10 l", "packs", 19.5),
            ("Two-Person Tent", "camping", 349.0),
            ("Down Sleeping Bag", "camping", 279.0),
            ("Gas Stove", "camping", 54.9),
            ("Titanium Mug", "camping", 34.0),
            ("Headlamp 400", "outlet", 39.9),
            ("Trekking Poles", "outlet", 59.0),
        ),
        start=1,
    )
)
BY_ID = {product.id: product for product in PRODUCTS}
SEARCH_TERMS = ("boots", "rain jacket", "tent", "socks", "sleeping bag", "stove", "backpack", "headlamp", "merino")
PAYMENT_METHODS = ("card", "card", "card", "paypal", "invoice")


@dataclass(frozen=True, slots=True)
class Step:
    """What a visitor does: the page, and the request it makes by its route as the shop declares it."""

    name: StepName
    page: str
    method: str
    route: str


STEPS: dict[StepName, Step] = {
    step.name: step
    for step in (
        Step("home", "/", "GET", "/api/products"),
        Step("search", "/search", "GET", "/api/search"),
        Step("product", "/products/{product_id}", "GET", "/api/products/{product_id}"),
        Step("add_to_cart", "/products/{product_id}", "POST", "/api/cart/items"),
        Step("signup", "/signup", "POST", "/api/signup"),
        Step("checkout", "/checkout", "POST", "/api/checkout"),
    )
}


@dataclass(frozen=True, slots=True)
class Person:
    """A visitor, known by a pseudonym; the same number is always the same person."""

    id: str
    country: str
    browser: str
    browser_version: str
    system: str
    device: Literal["desktop", "mobile"]

    @property
    def has_old_browser(self) -> bool:
        """Tell whether this browser lacks what the shop's pages use."""
        return self.browser == "Safari" and self.browser_version == "15.6"


_BROWSERS: tuple[tuple[str, str, str, Literal["desktop", "mobile"]], ...] = (
    ("Chrome", "142.0", "Windows", "desktop"),
    ("Chrome", "142.0", "Android", "mobile"),
    ("Chrome", "141.0", "macOS", "desktop"),
    ("Safari", "26.1", "iOS", "mobile"),
    ("Safari", "15.6", "iOS", "mobile"),
    ("Firefox", "145.0", "Linux", "desktop"),
    ("Edge", "142.0", "Windows", "desktop"),
)
_COUNTRIES = ("DE", "FR", "NL", "AT", "CH", "IT", "ES", "PL", "SE", "GB")


def person(number: int) -> Person:
    """Return one of the shop's people."""
    dice = random.Random(number)
    browser, version, system, device = dice.choices(_BROWSERS, (30, 24, 9, 20, 4, 7, 6))[0]
    country = dice.choices(_COUNTRIES, range(len(_COUNTRIES) * 2, 0, -2))[0]
    return Person(f"u-{number * 7919 % 100003:05}", country, browser, version, system, device)


@dataclass(frozen=True, slots=True)
class Action:
    """One step of one visit, and what it is about."""

    step: Step
    product: Product
    quantity: int = 1
    term: str = ""
    payment: str = "card"


@dataclass(frozen=True, slots=True)
class Visit:
    """What one person does in one sitting."""

    person: Person
    session_id: str
    actions: tuple[Action, ...] = field(default_factory=tuple)


def visit(dice: random.Random) -> Visit:
    """Make up a visit; people leave at every step, as they do."""
    regulars = int(abs(dice.gauss(0, PEOPLE / 3))) % PEOPLE
    return Visit(person(regulars), f"s-{dice.getrandbits(48):012x}", tuple(_actions(dice)))


def _actions(dice: random.Random) -> Iterator[Action]:
    product = dice.choice(PRODUCTS)
    if dice.random() < 0.8:
        yield Action(STEPS["home"], product)
    if dice.random() < 0.35:
        yield Action(STEPS["search"], product, term=dice.choice(SEARCH_TERMS))
    for _ in range(1 + min(int(dice.expovariate(0.8)), 5)):
        product = dice.choice(PRODUCTS)
        yield Action(STEPS["product"], product)
    if dice.random() < 0.42:
        quantity = dice.choices((1, 2, 3), (8, 2, 1))[0]
        yield Action(STEPS["add_to_cart"], product, quantity)
        if dice.random() < 0.35:
            yield Action(STEPS["signup"], product)
        if dice.random() < 0.62:
            yield Action(STEPS["checkout"], product, quantity, payment=dice.choice(PAYMENT_METHODS))


def rhythm(hour: float) -> float:
    """Return how busy an hour of the day is; 1 on average, least at four, most in the evening."""
    daily = 1 - 0.62 * math.cos((hour - 4) / 24 * math.tau)
    evening = 0.5 * math.exp(-(((hour - 20) / 2.2) ** 2))
    return (daily + evening) / 1.08


def live_rhythm(now_s: float) -> float:
    """Return how busy a moment is for the fleet, whose day takes 24 minutes."""
    return rhythm(now_s / 60 % 24)


def is_gateway_failing(now_s: float) -> bool:
    """Tell whether the payment gateway refuses everything: one minute in ten."""
    return 4 <= now_s / 60 % 10 < 5


def is_gateway_slow(now_s: float) -> bool:
    """Tell whether the payment gateway takes its time: ninety seconds in ten minutes."""
    return 7 <= now_s / 60 % 10 < 8.5


def live_release(now_s: float) -> str:
    """Return the release of the shop to run: for four minutes of every thirty a bad one, each time another."""
    cycle, second = divmod(now_s, 1800)
    return BAD_RELEASES[int(cycle) % 2] if 720 <= second < 960 else STABLE_RELEASE
