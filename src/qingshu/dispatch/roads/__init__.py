"""The road graph, travel times and the map of streets."""
