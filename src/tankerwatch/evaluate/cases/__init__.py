"""The dangers and the decoys that scenes are made of, a file for each family."""
