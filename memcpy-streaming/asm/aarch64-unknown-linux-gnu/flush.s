# memcpy_streaming_arm::flush::cvap
	#APP
	mrs	x8, CTR_EL0
	#NO_APP
	mov	w9, #4
	ubfx	x8, x8, #16, #4
	lsl	x8, x9, x8
	add	x9, x0, x1, lsl #6
	neg	x10, x8
	and	x10, x10, x0
	cmp	x10, x9
	b.hs	.L1
.L0:
	#APP
	dc	cvap, x10
	#NO_APP
	add	x10, x10, x8
	cmp	x10, x9
	b.lo	.L0
.L1:
	ret

# memcpy_streaming_arm::flush::cvac
	#APP
	mrs	x8, CTR_EL0
	#NO_APP
	mov	w9, #4
	ubfx	x8, x8, #16, #4
	lsl	x8, x9, x8
	add	x9, x0, x1, lsl #6
	neg	x10, x8
	and	x10, x10, x0
	cmp	x10, x9
	b.hs	.L1
.L0:
	#APP
	dc	cvac, x10
	#NO_APP
	add	x10, x10, x8
	cmp	x10, x9
	b.lo	.L0
.L1:
	ret
