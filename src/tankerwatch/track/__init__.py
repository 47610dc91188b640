"""Reports become ships: several beliefs for each identity, the picture of all, and who is near whom. No I/O, no clock."""
