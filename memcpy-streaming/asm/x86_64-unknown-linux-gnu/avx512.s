# memcpy_streaming_x86::avx512::copy_lines
	testq	%rdx, %rdx
	je	.L1
.L0:
	#APP
	prefetcht0	(%rsi,%rcx)
	vmovdqu64	(%rsi), %zmm0
	vmovntdq	%zmm0, (%rdi)
	addq	$64, %rsi
	addq	$64, %rdi
	decq	%rdx
	jne	.L0
	vzeroupper
.L1:
	#NO_APP
	retq

# memcpy_streaming_x86::avx512::fill_lines
	testq	%rdx, %rdx
	je	.L1
	#APP
	vmovq	(%rsi), %xmm0
	vmovhps	8(%rsi), %xmm0, %xmm0
	vmovq	16(%rsi), %xmm1
	vmovhps	24(%rsi), %xmm1, %xmm1
	vinserti32x4	$1, %xmm1, %zmm0, %zmm0
	vmovq	32(%rsi), %xmm1
	vmovhps	40(%rsi), %xmm1, %xmm1
	vinserti32x4	$2, %xmm1, %zmm0, %zmm0
	vmovq	48(%rsi), %xmm1
	vmovhps	56(%rsi), %xmm1, %xmm1
	vinserti32x4	$3, %xmm1, %zmm0, %zmm0
.L0:
	vmovntdq	%zmm0, (%rdi)
	addq	$64, %rdi
	decq	%rdx
	jne	.L0
	vzeroupper
.L1:
	#NO_APP
	retq
