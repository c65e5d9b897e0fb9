"""Every module with jobs: importing it is what registers them."""
