# drain
	fence	rw, w
	ret
