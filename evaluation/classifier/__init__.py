"""`classifier` and `train-classifier`: measure and train the local classifier."""
