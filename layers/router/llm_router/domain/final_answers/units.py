"""The unit that follows a number, where confusing it with another would change the answer."""

import re

_SPELLINGS = {
    "%": "% percent",
    "km": "km kilometer kilometre kilometers kilometres",
    "m": "m meter metre meters metres",
    "cm": "cm centimeter centimetre centimeters centimetres",
    "mm": "mm millimeter millimetre millimeters millimetres",
    "mile": "mi mile miles",
    "foot": "ft foot feet",
    "inch": "inch inches",
    "yard": "yd yard yards",
    "s": "sec second seconds",
    "min": "min mins minute minutes",
    "h": "h hr hrs hour hours",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "year years",
    "kg": "kg kilogram kilograms kilo kilos",
    "g": "g gram grams",
    "mg": "mg milligram milligrams",
    "pound": "lb lbs pound pounds",
    "ounce": "oz ounce ounces",
    "liter": "l liter litre liters litres",
    "ml": "ml milliliter millilitre milliliters millilitres",
    "dollar": "dollar dollars usd",
    "cent": "cent cents",
    "euro": "euro euros eur",
}
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound"}
_UNITS = {spelling: unit for unit, known in _SPELLINGS.items() for spelling in known.split()}
_AFTER = re.compile(r"[ *-]{0,3}(?P<unit>%|[a-z]{1,12}\b)", re.IGNORECASE)


def unit_after(text: str, place: int) -> str | None:
    """The unit at this place, in one spelling; None if there is none that is known."""
    match = _AFTER.match(text, place)
    return _UNITS.get(match["unit"].lower()) if match else None


def currency_in(sign: str) -> str | None:
    """The currency whose sign is here."""
    return next((unit for mark, unit in _CURRENCIES.items() if mark in sign), None)
