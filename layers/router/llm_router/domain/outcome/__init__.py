"""Results of a request: failures, attempts, the ledger and the cascade's outcome."""
