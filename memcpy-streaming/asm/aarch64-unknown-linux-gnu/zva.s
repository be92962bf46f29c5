# memcpy_streaming_arm::zva::zero_blocks
	cbz	x1, .L1
.L0:
	#APP
	dc	zva, x0
	add	x0, x0, x2
	subs	x1, x1, #1
	b.ne	.L0
.L1:
	#NO_APP
	ret
