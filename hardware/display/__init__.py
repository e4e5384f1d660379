"""The attached screen: the service's half (server), the window's half (window, memory, surface), and what both draw by."""
