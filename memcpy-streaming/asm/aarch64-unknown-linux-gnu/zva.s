# memcpy_streaming_arm::zva::zero_lines
	movi	v0.2d, #0000000000000000
	stp	q0, q0, [sp, #-64]!
	stp	q0, q0, [sp, #32]
	#APP
	mrs	x8, DCZID_EL0
	#NO_APP
	tbnz	w8, #4, .L6
	and	x11, x8, #0xf
	mov	w8, #4
	mov	w9, #64
	lsl	x8, x8, x11
	neg	x12, x0
	cmp	x8, #64
	csel	x10, x8, x9, hi
	lsl	x9, x1, #6
	sub	x10, x10, #1
	and	x10, x10, x12
	add	x12, x11, #2
	cmp	x9, x10
	csel	x10, x9, x10, lo
	sub	x14, x9, x10
	lsr	x13, x10, #6
	lsr	x11, x14, x12
	cbz	x13, .L1
	mov	x15, x0
	mov	x14, sp
	#APP
	ldr	x16, [x14]
	ldr	x17, [x14, #8]
	ldr	x18, [x14, #16]
	ldr	x1, [x14, #24]
	ldr	x2, [x14, #32]
	ldr	x3, [x14, #40]
	ldr	x4, [x14, #48]
	ldr	x5, [x14, #56]
.L0:
	stnp	x16, x17, [x15]
	stnp	x18, x1, [x15, #16]
	stnp	x2, x3, [x15, #32]
	stnp	x4, x5, [x15, #48]
	add	x15, x15, #64
	subs	x13, x13, #1
	b.ne	.L0
.L1:
	#NO_APP
	lsl	x12, x11, x12
	cbz	x11, .L3
	add	x13, x0, x10
.L2:
	#APP
	dc	zva, x13
	add	x13, x13, x8
	subs	x11, x11, #1
	b.ne	.L2
.L3:
	#NO_APP
	sub	x8, x9, x10
	sub	x8, x8, x12
	lsr	x8, x8, #6
	cbz	x8, .L5
	add	x9, x0, x10
	mov	x10, sp
	add	x9, x9, x12
	#APP
	ldr	x11, [x10]
	ldr	x12, [x10, #8]
	ldr	x13, [x10, #16]
	ldr	x14, [x10, #24]
	ldr	x15, [x10, #32]
	ldr	x16, [x10, #40]
	ldr	x17, [x10, #48]
	ldr	x18, [x10, #56]
.L4:
	stnp	x11, x12, [x9]
	stnp	x13, x14, [x9, #16]
	stnp	x15, x16, [x9, #32]
	stnp	x17, x18, [x9, #48]
	add	x9, x9, #64
	subs	x8, x8, #1
	b.ne	.L4
.L5:
	#NO_APP
	add	sp, sp, #64
	ret
.L6:
	cbz	x1, .L5
	mov	x8, sp
	#APP
	ldr	x9, [x8]
	ldr	x10, [x8, #8]
	ldr	x11, [x8, #16]
	ldr	x12, [x8, #24]
	ldr	x13, [x8, #32]
	ldr	x14, [x8, #40]
	ldr	x15, [x8, #48]
	ldr	x16, [x8, #56]
.L7:
	stnp	x9, x10, [x0]
	stnp	x11, x12, [x0, #16]
	stnp	x13, x14, [x0, #32]
	stnp	x15, x16, [x0, #48]
	add	x0, x0, #64
	subs	x1, x1, #1
	b.ne	.L7
	#NO_APP
	add	sp, sp, #64
	ret
