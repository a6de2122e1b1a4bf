"""What the app's templates may ask."""
