"""What the view of claims shows and asks, without its screen."""
