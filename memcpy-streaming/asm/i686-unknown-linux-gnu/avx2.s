# memcpy_streaming_x86::avx2::copy_lines
	pushl	%esi
	movl	16(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	20(%esp), %ecx
	movl	12(%esp), %edx
	movl	8(%esp), %esi
.L0:
	#APP
	prefetcht0	(%edx,%ecx)
	vmovdqu	(%edx), %ymm0
	vmovdqu	32(%edx), %ymm1
	vmovntdq	%ymm0, (%esi)
	vmovntdq	%ymm1, 32(%esi)
	addl	$64, %edx
	addl	$64, %esi
	decl	%eax
	jne	.L0
	vzeroupper
.L1:
	#NO_APP
	popl	%esi
	retl

# memcpy_streaming_x86::avx2::fill_lines
	movl	12(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	8(%esp), %ecx
	movl	4(%esp), %edx
	#APP
	vmovq	(%ecx), %xmm0
	vmovhps	8(%ecx), %xmm0, %xmm0
	vmovq	16(%ecx), %xmm2
	vmovhps	24(%ecx), %xmm2, %xmm2
	vinserti128	$1, %xmm2, %ymm0, %ymm0
	vmovq	32(%ecx), %xmm1
	vmovhps	40(%ecx), %xmm1, %xmm1
	vmovq	48(%ecx), %xmm2
	vmovhps	56(%ecx), %xmm2, %xmm2
	vinserti128	$1, %xmm2, %ymm1, %ymm1
.L0:
	vmovntdq	%ymm0, (%edx)
	vmovntdq	%ymm1, 32(%edx)
	addl	$64, %edx
	decl	%eax
	jne	.L0
	vzeroupper
.L1:
	#NO_APP
	retl
