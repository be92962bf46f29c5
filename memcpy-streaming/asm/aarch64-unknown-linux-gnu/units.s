# memcpy_streaming_arm::units::copy_u8
	cbz	x3, .L1
.L0:
	#APP
	ldrb	w8, [x1]
	strb	w8, [x0]
	add	x1, x1, x2
	add	x0, x0, #1
	subs	x3, x3, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret

# memcpy_streaming_arm::units::copy_u16
	cbz	x3, .L1
.L0:
	#APP
	ldrh	w8, [x1]
	strh	w8, [x0]
	add	x1, x1, x2
	add	x0, x0, #2
	subs	x3, x3, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret

# memcpy_streaming_arm::units::copy_u32
	cbz	x3, .L1
.L0:
	#APP
	ldr	w8, [x1]
	str	w8, [x0]
	add	x1, x1, x2
	add	x0, x0, #4
	subs	x3, x3, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret

# memcpy_streaming_arm::units::copy_u64
	cbz	x3, .L1
.L0:
	#APP
	ldr	x8, [x1]
	str	x8, [x0]
	add	x1, x1, x2
	add	x0, x0, #8
	subs	x3, x3, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret
