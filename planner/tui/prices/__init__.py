"""What the view of prices shows and asks, without its screen."""
