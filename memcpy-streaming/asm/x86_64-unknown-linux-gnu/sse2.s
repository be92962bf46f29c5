# memcpy_streaming_x86::sse2::copy_lines
	testq	%rdx, %rdx
	je	.L1
.L0:
	#APP
	prefetcht0	(%rsi,%rcx)
	movups	(%rsi), %xmm0
	movups	16(%rsi), %xmm1
	movups	32(%rsi), %xmm2
	movups	48(%rsi), %xmm3
	movntdq	%xmm0, (%rdi)
	movntdq	%xmm1, 16(%rdi)
	movntdq	%xmm2, 32(%rdi)
	movntdq	%xmm3, 48(%rdi)
	addq	$64, %rsi
	addq	$64, %rdi
	decq	%rdx
	jne	.L0
.L1:
	#NO_APP
	retq

# memcpy_streaming_x86::sse2::fill_lines
	testq	%rdx, %rdx
	je	.L1
	#APP
	movq	(%rsi), %xmm0
	movhps	8(%rsi), %xmm0
	movq	16(%rsi), %xmm1
	movhps	24(%rsi), %xmm1
	movq	32(%rsi), %xmm2
	movhps	40(%rsi), %xmm2
	movq	48(%rsi), %xmm3
	movhps	56(%rsi), %xmm3
.L0:
	movntdq	%xmm0, (%rdi)
	movntdq	%xmm1, 16(%rdi)
	movntdq	%xmm2, 32(%rdi)
	movntdq	%xmm3, 48(%rdi)
	addq	$64, %rdi
	decq	%rdx
	jne	.L0
.L1:
	#NO_APP
	retq
