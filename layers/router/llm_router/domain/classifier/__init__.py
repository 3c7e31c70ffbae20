"""The local classifier: what a request needs, told from its text by a small linear model."""
