# fixed_8
	lbu	a6, 0(a1)
	lbu	a7, 1(a1)
	lbu	t0, 2(a1)
	lbu	a5, 3(a1)
	lbu	a2, 4(a1)
	lbu	a3, 5(a1)
	lbu	a4, 6(a1)
	lbu	a1, 7(a1)
	sb	a2, 4(a0)
	sb	a3, 5(a0)
	sb	a4, 6(a0)
	sb	a1, 7(a0)
	sb	a6, 0(a0)
	sb	a7, 1(a0)
	sb	t0, 2(a0)
	sb	a5, 3(a0)
	ret

# fixed_56
	li	a2, 56
	tail	memcpy

# fixed_64
	li	a2, 64
	tail	memcpy

# fixed_80
	li	a2, 80
	tail	memcpy

# fixed_96
	li	a2, 96
	tail	memcpy

# fixed_128
	li	a2, 128
	tail	memcpy
