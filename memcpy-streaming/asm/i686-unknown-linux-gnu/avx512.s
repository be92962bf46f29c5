# memcpy_streaming_x86::avx512::copy_lines
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
	vmovdqu64	(%edx), %zmm0
	vmovntdq	%zmm0, (%esi)
	addl	$64, %edx
	addl	$64, %esi
	decl	%eax
	jne	.L0
	vzeroupper
.L1:
	#NO_APP
	popl	%esi
	retl

# memcpy_streaming_x86::avx512::fill_lines
	movl	12(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	8(%esp), %ecx
	movl	4(%esp), %edx
	#APP
	vmovq	(%ecx), %xmm0
	vmovhps	8(%ecx), %xmm0, %xmm0
	vmovq	16(%ecx), %xmm1
	vmovhps	24(%ecx), %xmm1, %xmm1
	vinserti32x4	$1, %xmm1, %zmm0, %zmm0
	vmovq	32(%ecx), %xmm1
	vmovhps	40(%ecx), %xmm1, %xmm1
	vinserti32x4	$2, %xmm1, %zmm0, %zmm0
	vmovq	48(%ecx), %xmm1
	vmovhps	56(%ecx), %xmm1, %xmm1
	vinserti32x4	$3, %xmm1, %zmm0, %zmm0
.L0:
	vmovntdq	%zmm0, (%edx)
	addl	$64, %edx
	decl	%eax
	jne	.L0
	vzeroupper
.L1:
	#NO_APP
	retl
