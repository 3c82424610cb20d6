"""What leaves the house: printed matter for residents, crews and meetings."""
