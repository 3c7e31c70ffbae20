"""Anthropic's Messages API: requests, messages, tools, replies."""
