"""What the measuring view rests on and is no widget: what is asked for, the child that measures, where it stands."""
