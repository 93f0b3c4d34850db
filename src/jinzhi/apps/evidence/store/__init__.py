"""The store of files: content-addressed, encrypted by chunks, erased when nothing needs them."""
