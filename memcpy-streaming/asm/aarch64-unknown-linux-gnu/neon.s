# memcpy_streaming_arm::neon::copy_lines
	cbz	x2, .L1
.L0:
	#APP
	prfm	pldl1strm, [x1, x3]
	ldp	q0, q1, [x1]
	ldp	q2, q3, [x1, #32]
	stnp	q0, q1, [x0]
	stnp	q2, q3, [x0, #32]
	add	x1, x1, #64
	add	x0, x0, #64
	subs	x2, x2, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret

# memcpy_streaming_arm::neon::fill_lines
	cbz	x2, .L1
	#APP
	ldr	d0, [x1]
	ldr	d4, [x1, #8]
	mov	v0.d[1], v4.d[0]
	ldr	d1, [x1, #16]
	ldr	d4, [x1, #24]
	mov	v1.d[1], v4.d[0]
	ldr	d2, [x1, #32]
	ldr	d4, [x1, #40]
	mov	v2.d[1], v4.d[0]
	ldr	d3, [x1, #48]
	ldr	d4, [x1, #56]
	mov	v3.d[1], v4.d[0]
.L0:
	stnp	q0, q1, [x0]
	stnp	q2, q3, [x0, #32]
	add	x0, x0, #64
	subs	x2, x2, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret
