"""The local classifier: a small linear model that estimates the complexity of a request's text."""
