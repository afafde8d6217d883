"""Models, warm and ready: one file for each way of running them."""
