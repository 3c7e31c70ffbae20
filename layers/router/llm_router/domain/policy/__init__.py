"""The operator's policy: models, prices, rules, thresholds and calibration."""
