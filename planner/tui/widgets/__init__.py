"""What screens are made of. Widgets take what they draw: they never query, compute or sleep."""
