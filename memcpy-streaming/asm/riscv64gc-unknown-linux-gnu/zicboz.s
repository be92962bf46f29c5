# memcpy_streaming_riscv::zicboz::zero_blocks
	beqz	a1, .L1
.L0:
	#APP
	cbo.zero	(a0)
	add	a0, a0, a2
	addi	a1, a1, -1
	bnez	a1, .L0
.L1:
	#NO_APP
	ret
