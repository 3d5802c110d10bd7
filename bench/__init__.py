"""What Vedette takes, how fast it answers, what it needs: `python -m bench`."""
