# memcpy_streaming_arm::loads::load_lines_16
	cbz	x2, .L1
.L0:
	#APP
	ldnp	q0, q1, [x1]
	ldnp	q2, q3, [x1, #32]
	stp	q0, q1, [x0]
	stp	q2, q3, [x0, #32]
	add	x1, x1, #64
	add	x0, x0, #64
	subs	x2, x2, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret

# memcpy_streaming_arm::loads::load_lines_8
	cbz	x2, .L1
.L0:
	#APP
	ldnp	x8, x9, [x1]
	ldnp	x10, x11, [x1, #16]
	ldnp	x12, x13, [x1, #32]
	ldnp	x14, x15, [x1, #48]
	stp	x8, x9, [x0]
	stp	x10, x11, [x0, #16]
	stp	x12, x13, [x0, #32]
	stp	x14, x15, [x0, #48]
	add	x1, x1, #64
	add	x0, x0, #64
	subs	x2, x2, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret
