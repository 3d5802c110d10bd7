"""The programs of the demo shop, instrumented with stock SDKs that know Vedette only by its address."""
