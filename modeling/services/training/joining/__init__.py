"""What `kinds.joint` needs: the runs that it builds on, and the items that their files make together."""
