"""Measurements of the speed Kvit promises, beside its peers. `python -m bench` takes all and writes bench/README.md."""
