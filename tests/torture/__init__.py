"""What takes minutes and real data, run by hand: `make torture`."""
