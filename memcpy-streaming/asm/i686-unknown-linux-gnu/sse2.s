# memcpy_streaming_x86::sse2::copy_lines
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
	movups	(%edx), %xmm0
	movups	16(%edx), %xmm1
	movups	32(%edx), %xmm2
	movups	48(%edx), %xmm3
	movntdq	%xmm0, (%esi)
	movntdq	%xmm1, 16(%esi)
	movntdq	%xmm2, 32(%esi)
	movntdq	%xmm3, 48(%esi)
	addl	$64, %edx
	addl	$64, %esi
	decl	%eax
	jne	.L0
.L1:
	#NO_APP
	popl	%esi
	retl

# memcpy_streaming_x86::sse2::fill_lines
	movl	12(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	8(%esp), %ecx
	movl	4(%esp), %edx
	#APP
	movq	(%ecx), %xmm0
	movhps	8(%ecx), %xmm0
	movq	16(%ecx), %xmm1
	movhps	24(%ecx), %xmm1
	movq	32(%ecx), %xmm2
	movhps	40(%ecx), %xmm2
	movq	48(%ecx), %xmm3
	movhps	56(%ecx), %xmm3
.L0:
	movntdq	%xmm0, (%edx)
	movntdq	%xmm1, 16(%edx)
	movntdq	%xmm2, 32(%edx)
	movntdq	%xmm3, 48(%edx)
	addl	$64, %edx
	decl	%eax
	jne	.L0
.L1:
	#NO_APP
	retl
