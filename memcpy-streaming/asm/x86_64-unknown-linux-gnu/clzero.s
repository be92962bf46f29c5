# memcpy_streaming_x86::clzero::zero_lines
	testq	%rsi, %rsi
	je	.L1
	movq	%rdi, %rax
.L0:
	#APP
	clzero
	addq	$64, %rax
	decq	%rsi
	jne	.L0
.L1:
	#NO_APP
	retq
