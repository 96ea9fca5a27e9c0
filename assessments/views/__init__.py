"""Pages of assessment: they translate between HTTP and the services, and decide nothing."""
