"""What every other room here stands on: elements of raw resources, references, times, places, codes and kinds."""
