"""What the timer does. Each may run twice, or again after it failed: the second time finds nothing to do."""
