# fixed_8
	ldr	x8, [x1]
	str	x8, [x0]
	ret

# fixed_56
	#APP
	ldp	x8, x9, [x1]
	stnp	x8, x9, [x0]
	#NO_APP
	add	x8, x1, #16
	add	x9, x0, #16
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #32
	add	x9, x0, #32
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	ldr	x8, [x1, #48]
	str	x8, [x0, #48]
	ret

# fixed_64
	#APP
	ldp	x8, x9, [x1]
	stnp	x8, x9, [x0]
	#NO_APP
	add	x8, x1, #16
	add	x9, x0, #16
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #32
	add	x9, x0, #32
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #48
	add	x9, x0, #48
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	ret

# fixed_80
	#APP
	ldp	x8, x9, [x1]
	stnp	x8, x9, [x0]
	#NO_APP
	add	x8, x1, #16
	add	x9, x0, #16
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #32
	add	x9, x0, #32
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #48
	add	x9, x0, #48
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #64
	add	x9, x0, #64
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	ret

# fixed_96
	#APP
	ldp	x8, x9, [x1]
	stnp	x8, x9, [x0]
	#NO_APP
	add	x8, x1, #16
	add	x9, x0, #16
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #32
	add	x9, x0, #32
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #48
	add	x9, x0, #48
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #64
	add	x9, x0, #64
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #80
	add	x9, x0, #80
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	ret

# fixed_128
	#APP
	ldp	x8, x9, [x1]
	stnp	x8, x9, [x0]
	#NO_APP
	add	x8, x1, #16
	add	x9, x0, #16
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #32
	add	x9, x0, #32
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #48
	add	x9, x0, #48
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #64
	add	x9, x0, #64
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #80
	add	x9, x0, #80
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #96
	add	x9, x0, #96
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	add	x8, x1, #112
	add	x9, x0, #112
	#APP
	ldp	x10, x11, [x8]
	stnp	x10, x11, [x9]
	#NO_APP
	ret
