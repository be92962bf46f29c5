# memcpy_streaming_x86::loads::load_lines_64
	#APP
	subq	$4, %rdx
	jb	.L1
.L0:
	vmovntdqa	(%rsi), %zmm0
	vmovntdqa	64(%rsi), %zmm1
	vmovntdqa	128(%rsi), %zmm2
	vmovntdqa	192(%rsi), %zmm3
	vmovdqu64	%zmm0, (%rdi)
	vmovdqu64	%zmm1, 64(%rdi)
	vmovdqu64	%zmm2, 128(%rdi)
	vmovdqu64	%zmm3, 192(%rdi)
	addq	$256, %rsi
	addq	$256, %rdi
	subq	$4, %rdx
	jae	.L0
.L1:
	addq	$4, %rdx
	je	.L3
.L2:
	vmovntdqa	(%rsi), %zmm0
	vmovdqu64	%zmm0, (%rdi)
	addq	$64, %rsi
	addq	$64, %rdi
	decq	%rdx
	jne	.L2
.L3:
	vzeroupper
	#NO_APP
	retq

# memcpy_streaming_x86::loads::load_lines_32
	#APP
	subq	$4, %rdx
	jb	.L1
.L0:
	vmovntdqa	(%rsi), %ymm0
	vmovntdqa	32(%rsi), %ymm1
	vmovntdqa	64(%rsi), %ymm2
	vmovntdqa	96(%rsi), %ymm3
	vmovntdqa	128(%rsi), %ymm4
	vmovntdqa	160(%rsi), %ymm5
	vmovntdqa	192(%rsi), %ymm6
	vmovntdqa	224(%rsi), %ymm7
	vmovdqu	%ymm0, (%rdi)
	vmovdqu	%ymm1, 32(%rdi)
	vmovdqu	%ymm2, 64(%rdi)
	vmovdqu	%ymm3, 96(%rdi)
	vmovdqu	%ymm4, 128(%rdi)
	vmovdqu	%ymm5, 160(%rdi)
	vmovdqu	%ymm6, 192(%rdi)
	vmovdqu	%ymm7, 224(%rdi)
	addq	$256, %rsi
	addq	$256, %rdi
	subq	$4, %rdx
	jae	.L0
.L1:
	addq	$4, %rdx
	je	.L3
.L2:
	vmovntdqa	(%rsi), %ymm0
	vmovntdqa	32(%rsi), %ymm1
	vmovdqu	%ymm0, (%rdi)
	vmovdqu	%ymm1, 32(%rdi)
	addq	$64, %rsi
	addq	$64, %rdi
	decq	%rdx
	jne	.L2
.L3:
	vzeroupper
	#NO_APP
	retq

# memcpy_streaming_x86::loads::load_lines_16
	#APP
	subq	$4, %rdx
	jb	.L1
.L0:
	movntdqa	(%rsi), %xmm0
	movntdqa	16(%rsi), %xmm1
	movntdqa	32(%rsi), %xmm2
	movntdqa	48(%rsi), %xmm3
	movntdqa	64(%rsi), %xmm4
	movntdqa	80(%rsi), %xmm5
	movntdqa	96(%rsi), %xmm6
	movntdqa	112(%rsi), %xmm7
	movntdqa	128(%rsi), %xmm8
	movntdqa	144(%rsi), %xmm9
	movntdqa	160(%rsi), %xmm10
	movntdqa	176(%rsi), %xmm11
	movntdqa	192(%rsi), %xmm12
	movntdqa	208(%rsi), %xmm13
	movntdqa	224(%rsi), %xmm14
	movntdqa	240(%rsi), %xmm15
	movups	%xmm0, (%rdi)
	movups	%xmm1, 16(%rdi)
	movups	%xmm2, 32(%rdi)
	movups	%xmm3, 48(%rdi)
	movups	%xmm4, 64(%rdi)
	movups	%xmm5, 80(%rdi)
	movups	%xmm6, 96(%rdi)
	movups	%xmm7, 112(%rdi)
	movups	%xmm8, 128(%rdi)
	movups	%xmm9, 144(%rdi)
	movups	%xmm10, 160(%rdi)
	movups	%xmm11, 176(%rdi)
	movups	%xmm12, 192(%rdi)
	movups	%xmm13, 208(%rdi)
	movups	%xmm14, 224(%rdi)
	movups	%xmm15, 240(%rdi)
	addq	$256, %rsi
	addq	$256, %rdi
	subq	$4, %rdx
	jae	.L0
.L1:
	addq	$4, %rdx
	je	.L3
.L2:
	movntdqa	(%rsi), %xmm0
	movntdqa	16(%rsi), %xmm1
	movntdqa	32(%rsi), %xmm2
	movntdqa	48(%rsi), %xmm3
	movups	%xmm0, (%rdi)
	movups	%xmm1, 16(%rdi)
	movups	%xmm2, 32(%rdi)
	movups	%xmm3, 48(%rdi)
	addq	$64, %rsi
	addq	$64, %rdi
	decq	%rdx
	jne	.L2
.L3:
	#NO_APP
	retq
