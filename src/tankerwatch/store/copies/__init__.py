"""The journal's copies: on other disks, in a vault, in object storage; how they are fed, and how a data directory comes back from one."""
