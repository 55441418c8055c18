"""What the fleet view rests on and is no widget: the edited assumptions, and where a figure comes from."""
