# drain
	#APP
	sfence
	#NO_APP
	retq
