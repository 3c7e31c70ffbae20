"""One module per provider's wire format, and what they share: keys, errors, JSON schemas."""
