"""Cases of procedures: the desk, the page of a case, its steps."""
