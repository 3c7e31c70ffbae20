"""`calibrate`: certifies thresholds on recorded answers and writes the policy."""
