"""Native histograms: values, arithmetic, estimates, windows, and their columnar and wire forms."""
