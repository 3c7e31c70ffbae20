"""`collect`: records models' answers to a user's own questions."""
