"""OpenAI's responses format, towards callers; nothing is stored."""
