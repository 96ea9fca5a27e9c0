"""What the demo shows: both seed plans with the units they name, and made-up rows that say DEMO."""
