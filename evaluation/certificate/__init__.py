"""`certificate`: savings and quality of deployed traffic, from its ledgers."""
