"""What plans look like outside the portal: files that other programs read."""
