"""One generated module for each version of the protocol, beside the schema it is made from (`tools/protos.py`)."""
