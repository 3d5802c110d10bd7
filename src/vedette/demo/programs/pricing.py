"""What an order costs. Two releases of the shop brought mistakes here; the fleet runs and rolls them back."""

from vedette.demo.story import Product

_RULES = {"shoes": 0.0, "clothing": 0.0, "packs": 0.05, "camping": 0.1, "outlet": 0.3}
_RULES_2_8_0 = {"shoes": 0.0, "clothing": 0.0, "packs": 0.05}


class PricingRuleMissing(LookupError):
    """A category without a rule."""


def total(product: Product, quantity: int, release: str) -> float:
    """Return the price of an order in euros, by the rules of a release."""
    rules = _RULES_2_8_0 if release == "2.8.0" else _RULES
    if product.category not in rules:
        raise PricingRuleMissing(f"no pricing rule for category {product.category!r}")
    price = product.price * quantity * (1 - rules[product.category])
    return round(price / _parts(quantity, release), 2)


def _parts(quantity: int, release: str) -> int:
    """Return in how many parts an order is charged; release 2.8.1 counted from the second piece on."""
    return quantity - 1 if release == "2.8.1" and quantity < 3 else 1
