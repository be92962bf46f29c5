# memcpy_streaming_x86::avx2::copy_lines
	testq	%rdx, %rdx
	je	.L1
.L0:
	#APP
	prefetcht0	(%rsi,%rcx)
	vmovdqu	(%rsi), %ymm0
	vmovdqu	32(%rsi), %ymm1
	vmovntdq	%ymm0, (%rdi)
	vmovntdq	%ymm1, 32(%rdi)
	addq	$64, %rsi
	addq	$64, %rdi
	decq	%rdx
	jne	.L0
	vzeroupper
.L1:
	#NO_APP
	retq

# memcpy_streaming_x86::avx2::fill_lines
	testq	%rdx, %rdx
	je	.L1
	#APP
	vmovq	(%rsi), %xmm0
	vmovhps	8(%rsi), %xmm0, %xmm0
	vmovq	16(%rsi), %xmm2
	vmovhps	24(%rsi), %xmm2, %xmm2
	vinserti128	$1, %xmm2, %ymm0, %ymm0
	vmovq	32(%rsi), %xmm1
	vmovhps	40(%rsi), %xmm1, %xmm1
	vmovq	48(%rsi), %xmm2
	vmovhps	56(%rsi), %xmm2, %xmm2
	vinserti128	$1, %xmm2, %ymm1, %ymm1
.L0:
	vmovntdq	%ymm0, (%rdi)
	vmovntdq	%ymm1, 32(%rdi)
	addq	$64, %rdi
	decq	%rdx
	jne	.L0
	vzeroupper
.L1:
	#NO_APP
	retq
