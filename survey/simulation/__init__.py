"""A simulated Hà Nội whose true rates are known, to show and to test the whole chain."""
