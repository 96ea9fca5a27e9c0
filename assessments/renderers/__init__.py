"""Files and pictures of assessments: the one layer that knows how they are made."""
