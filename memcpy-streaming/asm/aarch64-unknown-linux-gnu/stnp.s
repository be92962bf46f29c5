# memcpy_streaming_arm::stnp::copy_lines
	cbz	x2, .L1
.L0:
	#APP
	prfm	pldl1strm, [x1, x3]
	ldp	x8, x9, [x1]
	ldp	x10, x11, [x1, #16]
	ldp	x12, x13, [x1, #32]
	ldp	x14, x15, [x1, #48]
	stnp	x8, x9, [x0]
	stnp	x10, x11, [x0, #16]
	stnp	x12, x13, [x0, #32]
	stnp	x14, x15, [x0, #48]
	add	x1, x1, #64
	add	x0, x0, #64
	subs	x2, x2, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret

# memcpy_streaming_arm::stnp::fill_lines
	cbz	x2, .L1
	#APP
	ldr	x8, [x1]
	ldr	x9, [x1, #8]
	ldr	x10, [x1, #16]
	ldr	x11, [x1, #24]
	ldr	x12, [x1, #32]
	ldr	x13, [x1, #40]
	ldr	x14, [x1, #48]
	ldr	x15, [x1, #56]
.L0:
	stnp	x8, x9, [x0]
	stnp	x10, x11, [x0, #16]
	stnp	x12, x13, [x0, #32]
	stnp	x14, x15, [x0, #48]
	add	x0, x0, #64
	subs	x2, x2, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret
