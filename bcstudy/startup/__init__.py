"""What `manage.py start` does: checks, the first start's demo study, and the processes it looks after."""
