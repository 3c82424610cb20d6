"""The simulated city; it talks to the product only over the product's own doors."""
