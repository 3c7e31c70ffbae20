"""`replay`: compares routing strategies on recorded answers."""
