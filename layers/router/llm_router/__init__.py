"""Routes each LLM request to the cheapest model that can answer it well."""

__version__ = "0.1.0"
"""The one place that states the version; packages, template and API's description follow it."""
