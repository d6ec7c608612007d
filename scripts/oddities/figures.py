"""Studies and surroundings that figures must survive."""
