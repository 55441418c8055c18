"""What the view Results shows: columns, panels and pictures of stored runs. Off the event loop but for drawing."""
