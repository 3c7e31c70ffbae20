"""The policies that ship with the router."""
