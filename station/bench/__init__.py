"""The running bench: one cycle at the stand, one rack that waits, one mint ahead, and the decisions of people."""
