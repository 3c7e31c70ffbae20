"""`calibrate` and `coverage-check`: what a policy can promise, and whether promises hold."""
