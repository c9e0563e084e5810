"""The mathematics of Prep: plain Python and numpy, no Django, no clock, no global randomness."""
