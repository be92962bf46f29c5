# memcpy_streaming_arm::mops::copy_lines
	lsl	x8, x2, #6
	#APP
	cpyfpwn	[x0]!, [x1]!, x8!
	cpyfmwn	[x0]!, [x1]!, x8!
	cpyfewn	[x0]!, [x1]!, x8!
	#NO_APP
	ret

# memcpy_streaming_arm::mops::fill_lines
	mov	x9, xzr
	mov	w10, #8
	mov	x12, x1
	mov	x11, #72340172838076673
	#APP
	ldrb	w8, [x12]
	mul	x13, x8, x11
.L0:
	ldr	x14, [x12], #8
	eor	x14, x14, x13
	orr	x9, x9, x14
	subs	x10, x10, #1
	b.ne	.L0
	#NO_APP
	cbz	x9, .L3
	cbz	x2, .L2
	#APP
	ldr	x8, [x1]
	ldr	x9, [x1, #8]
	ldr	x10, [x1, #16]
	ldr	x11, [x1, #24]
	ldr	x12, [x1, #32]
	ldr	x13, [x1, #40]
	ldr	x14, [x1, #48]
	ldr	x15, [x1, #56]
.L1:
	stnp	x8, x9, [x0]
	stnp	x10, x11, [x0, #16]
	stnp	x12, x13, [x0, #32]
	stnp	x14, x15, [x0, #48]
	add	x0, x0, #64
	subs	x2, x2, #1
	b.ne	.L1
.L2:
	#NO_APP
	ret
.L3:
	lsl	x9, x2, #6
	#APP
	setpn	[x0]!, x9!, x8
	setmn	[x0]!, x9!, x8
	seten	[x0]!, x9!, x8
	#NO_APP
	ret
