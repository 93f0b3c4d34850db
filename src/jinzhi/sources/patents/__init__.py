"""Readers of patent documents: each turns one office's format into `jinzhi.kernel.patent`."""
