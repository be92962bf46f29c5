# memcpy_streaming_arm::zva::zero_lines
	movi	v0.2d, #0000000000000000
	mov	w10, #4
	lsl	x11, x1, #6
	neg	x12, x0
	stp	q0, q0, [sp, #-64]!
	stp	q0, q0, [sp, #32]
	#APP
	mrs	x8, DCZID_EL0
	#NO_APP
	and	x9, x8, #0xf
	lsl	x10, x10, x9
	tst	x8, #0x10
	mov	x8, #-9223372036854775808
	add	x9, x9, #2
	csel	x8, x10, x8, eq
	mov	w10, #63
	csel	x9, x9, x10, eq
	cmp	x8, #64
	mov	w10, #64
	csel	x10, x8, x10, hi
	sub	x10, x10, #1
	and	x10, x10, x12
	cmp	x11, x10
	csel	x10, x11, x10, lo
	sub	x11, x11, x10
	lsr	x13, x10, #6
	lsr	x12, x11, x9
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
	cbz	x12, .L3
	add	x13, x0, x10
	mov	x14, x12
.L2:
	#APP
	dc	zva, x13
	add	x13, x13, x8
	subs	x14, x14, #1
	b.ne	.L2
.L3:
	#NO_APP
	lsl	x9, x12, x9
	sub	x8, x11, x9
	lsr	x8, x8, #6
	cbz	x8, .L5
	add	x10, x0, x10
	add	x9, x10, x9
	mov	x10, sp
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
.L5:
	#NO_APP
	add	sp, sp, #64
	ret
