# drain
	br	%r14
