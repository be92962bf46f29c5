# memcpy_streaming_arm::sve::copy_lines
	cbz	x2, .L1
	mov	w8, #64
	#APP
	cntb	x9
	whilelo	p0.b, xzr, x8
	mov	x10, x9
	whilelo	p1.b, x10, x8
	add	x10, x10, x9
	whilelo	p2.b, x10, x8
	add	x10, x10, x9
	whilelo	p3.b, x10, x8
.L0:
	prfm	pldl1strm, [x1, x3]
	ldnt1b	{ z0.b }, p0/z, [x1]
	ldnt1b	{ z1.b }, p1/z, [x1, #1, mul vl]
	ldnt1b	{ z2.b }, p2/z, [x1, #2, mul vl]
	ldnt1b	{ z3.b }, p3/z, [x1, #3, mul vl]
	stnt1b	{ z0.b }, p0, [x0]
	stnt1b	{ z1.b }, p1, [x0, #1, mul vl]
	stnt1b	{ z2.b }, p2, [x0, #2, mul vl]
	stnt1b	{ z3.b }, p3, [x0, #3, mul vl]
	add	x1, x1, #64
	add	x0, x0, #64
	subs	x2, x2, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret

# memcpy_streaming_arm::sve::fill_lines
	cbz	x2, .L1
	mov	w8, #64
	#APP
	cntb	x9
	whilelo	p0.b, xzr, x8
	mov	x10, x9
	whilelo	p1.b, x10, x8
	add	x10, x10, x9
	whilelo	p2.b, x10, x8
	add	x10, x10, x9
	whilelo	p3.b, x10, x8
	ld1b	{ z0.b }, p0/z, [x1]
	ld1b	{ z1.b }, p1/z, [x1, #1, mul vl]
	ld1b	{ z2.b }, p2/z, [x1, #2, mul vl]
	ld1b	{ z3.b }, p3/z, [x1, #3, mul vl]
.L0:
	stnt1b	{ z0.b }, p0, [x0]
	stnt1b	{ z1.b }, p1, [x0, #1, mul vl]
	stnt1b	{ z2.b }, p2, [x0, #2, mul vl]
	stnt1b	{ z3.b }, p3, [x0, #3, mul vl]
	add	x0, x0, #64
	subs	x2, x2, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret
