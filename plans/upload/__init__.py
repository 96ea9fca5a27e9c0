"""Files that people send: looked at with bounds on time, memory and size before anything believes them. Pure."""
