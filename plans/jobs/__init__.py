"""What the timer does in the background. Each may run twice, or again after it failed: the second time finds nothing."""
