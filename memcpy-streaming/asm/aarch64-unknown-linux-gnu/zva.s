# memcpy_streaming_arm::zva::zero_lines
	movi	v0.2d, #0000000000000000
	stp	q0, q0, [sp, #-64]!
	stp	q0, q0, [sp, #32]
	#APP
	mrs	x8, DCZID_EL0
	#NO_APP
	tbnz	w8, #4, .L5
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
	ldr	d0, [x14]
	ldr	d4, [x14, #8]
	mov	v0.d[1], v4.d[0]
	ldr	d1, [x14, #16]
	ldr	d4, [x14, #24]
	mov	v1.d[1], v4.d[0]
	ldr	d2, [x14, #32]
	ldr	d4, [x14, #40]
	mov	v2.d[1], v4.d[0]
	ldr	d3, [x14, #48]
	ldr	d4, [x14, #56]
	mov	v3.d[1], v4.d[0]
.L0:
	stnp	q0, q1, [x15]
	stnp	q2, q3, [x15, #32]
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
	cbz	x8, .L7
	add	x9, x0, x10
	mov	x10, sp
	add	x9, x9, x12
	#APP
	ldr	d0, [x10]
	ldr	d4, [x10, #8]
	mov	v0.d[1], v4.d[0]
	ldr	d1, [x10, #16]
	ldr	d4, [x10, #24]
	mov	v1.d[1], v4.d[0]
	ldr	d2, [x10, #32]
	ldr	d4, [x10, #40]
	mov	v2.d[1], v4.d[0]
	ldr	d3, [x10, #48]
	ldr	d4, [x10, #56]
	mov	v3.d[1], v4.d[0]
.L4:
	stnp	q0, q1, [x9]
	stnp	q2, q3, [x9, #32]
	add	x9, x9, #64
	subs	x8, x8, #1
	b.ne	.L4
	#NO_APP
	add	sp, sp, #64
	ret
.L5:
	cbz	x1, .L7
	mov	x8, sp
	#APP
	ldr	d0, [x8]
	ldr	d4, [x8, #8]
	mov	v0.d[1], v4.d[0]
	ldr	d1, [x8, #16]
	ldr	d4, [x8, #24]
	mov	v1.d[1], v4.d[0]
	ldr	d2, [x8, #32]
	ldr	d4, [x8, #40]
	mov	v2.d[1], v4.d[0]
	ldr	d3, [x8, #48]
	ldr	d4, [x8, #56]
	mov	v3.d[1], v4.d[0]
.L6:
	stnp	q0, q1, [x0]
	stnp	q2, q3, [x0, #32]
	add	x0, x0, #64
	subs	x1, x1, #1
	b.ne	.L6
.L7:
	#NO_APP
	add	sp, sp, #64
	ret
