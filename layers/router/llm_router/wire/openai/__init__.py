"""OpenAI's chat completions: requests, messages, tools, replies, models."""
