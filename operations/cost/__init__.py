"""What the router itself costs on AWS, from dated list prices and what a request uses."""
