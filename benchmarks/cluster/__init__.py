"""The guide on more than one machine, all of them on loopback."""
