"""What exists: offices, communities, grids, people, crews, trucks, plants, tanks, sensors."""
