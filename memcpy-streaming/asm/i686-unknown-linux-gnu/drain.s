# drain
	#APP
	sfence
	#NO_APP
	retl
