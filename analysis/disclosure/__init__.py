"""What may be printed: reliability of each number first, then what it would tell about persons."""
