"""What can be done with training runs. A kind of training is one module in `kinds`."""
