"""`llm-router doctor`: checks a deployed router and says what to do about each fault."""
