"""Playing recorded readings through a warning engine, and scoring what it said."""
