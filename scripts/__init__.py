"""Commands for the makers of this project: the lock file, pictures, scores, the reference."""
