"""National monitoring: cubes, the rollups that hold them, and their answers under disclosure control."""
