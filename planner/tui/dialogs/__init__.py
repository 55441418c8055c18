"""What asks or tells over a screen, and goes away again."""
