# drain
	#APP
	dmb	ishst
	#NO_APP
	ret
