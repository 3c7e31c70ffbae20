"""Routes a request: decision, plan, cascade, ledger."""
