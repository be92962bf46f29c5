# memcpy_streaming_x86::loads::load_lines_64
	movl	4(%esp), %eax
	#APP
	subl	$4, %eax
	jb	.L1
.L0:
	vmovntdqa	(%edx), %zmm0
	vmovntdqa	64(%edx), %zmm1
	vmovntdqa	128(%edx), %zmm2
	vmovntdqa	192(%edx), %zmm3
	vmovdqu64	%zmm0, (%ecx)
	vmovdqu64	%zmm1, 64(%ecx)
	vmovdqu64	%zmm2, 128(%ecx)
	vmovdqu64	%zmm3, 192(%ecx)
	addl	$256, %edx
	addl	$256, %ecx
	subl	$4, %eax
	jae	.L0
.L1:
	addl	$4, %eax
	je	.L3
.L2:
	vmovntdqa	(%edx), %zmm0
	vmovdqu64	%zmm0, (%ecx)
	addl	$64, %edx
	addl	$64, %ecx
	decl	%eax
	jne	.L2
.L3:
	vzeroupper
	#NO_APP
	retl

# memcpy_streaming_x86::loads::load_lines_32
	movl	4(%esp), %eax
	#APP
	subl	$4, %eax
	jb	.L1
.L0:
	vmovntdqa	(%edx), %ymm0
	vmovntdqa	32(%edx), %ymm1
	vmovntdqa	64(%edx), %ymm2
	vmovntdqa	96(%edx), %ymm3
	vmovntdqa	128(%edx), %ymm4
	vmovntdqa	160(%edx), %ymm5
	vmovntdqa	192(%edx), %ymm6
	vmovntdqa	224(%edx), %ymm7
	vmovdqu	%ymm0, (%ecx)
	vmovdqu	%ymm1, 32(%ecx)
	vmovdqu	%ymm2, 64(%ecx)
	vmovdqu	%ymm3, 96(%ecx)
	vmovdqu	%ymm4, 128(%ecx)
	vmovdqu	%ymm5, 160(%ecx)
	vmovdqu	%ymm6, 192(%ecx)
	vmovdqu	%ymm7, 224(%ecx)
	addl	$256, %edx
	addl	$256, %ecx
	subl	$4, %eax
	jae	.L0
.L1:
	addl	$4, %eax
	je	.L3
.L2:
	vmovntdqa	(%edx), %ymm0
	vmovntdqa	32(%edx), %ymm1
	vmovdqu	%ymm0, (%ecx)
	vmovdqu	%ymm1, 32(%ecx)
	addl	$64, %edx
	addl	$64, %ecx
	decl	%eax
	jne	.L2
.L3:
	vzeroupper
	#NO_APP
	retl

# memcpy_streaming_x86::loads::load_lines_16
	movl	4(%esp), %eax
	#APP
	subl	$2, %eax
	jb	.L1
.L0:
	movntdqa	(%edx), %xmm0
	movntdqa	16(%edx), %xmm1
	movntdqa	32(%edx), %xmm2
	movntdqa	48(%edx), %xmm3
	movntdqa	64(%edx), %xmm4
	movntdqa	80(%edx), %xmm5
	movntdqa	96(%edx), %xmm6
	movntdqa	112(%edx), %xmm7
	movups	%xmm0, (%ecx)
	movups	%xmm1, 16(%ecx)
	movups	%xmm2, 32(%ecx)
	movups	%xmm3, 48(%ecx)
	movups	%xmm4, 64(%ecx)
	movups	%xmm5, 80(%ecx)
	movups	%xmm6, 96(%ecx)
	movups	%xmm7, 112(%ecx)
	addl	$128, %edx
	addl	$128, %ecx
	subl	$2, %eax
	jae	.L0
.L1:
	addl	$2, %eax
	je	.L3
.L2:
	movntdqa	(%edx), %xmm0
	movntdqa	16(%edx), %xmm1
	movntdqa	32(%edx), %xmm2
	movntdqa	48(%edx), %xmm3
	movups	%xmm0, (%ecx)
	movups	%xmm1, 16(%ecx)
	movups	%xmm2, 32(%ecx)
	movups	%xmm3, 48(%ecx)
	addl	$64, %edx
	addl	$64, %ecx
	decl	%eax
	jne	.L2
.L3:
	#NO_APP
	retl
