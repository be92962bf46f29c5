# fixed_8
	movl	8(%esp), %eax
	movl	4(%esp), %ecx
	#APP
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	addl	$4, %eax
	addl	$4, %ecx
	#APP
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	retl

# fixed_56
	pushl	%edi
	pushl	%esi
	movl	12(%esp), %ecx
	movl	16(%esp), %eax
	testb	$15, %cl
	je	.L0
	#APP
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	leal	4(%eax), %edx
	leal	4(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	8(%eax), %edx
	leal	8(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	12(%eax), %edx
	leal	12(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	16(%eax), %edx
	leal	16(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	20(%eax), %edx
	leal	20(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	24(%eax), %edx
	leal	24(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	28(%eax), %edx
	leal	28(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	32(%eax), %edx
	leal	32(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	36(%eax), %edx
	leal	36(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	40(%eax), %edx
	leal	40(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	44(%eax), %edx
	leal	44(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	48(%eax), %edx
	leal	48(%ecx), %esi
	addl	$52, %eax
	addl	$52, %ecx
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	popl	%esi
	popl	%edi
	retl
.L0:
	#APP
	movq	(%eax), %xmm0
	movhps	8(%eax), %xmm0
	movntdq	%xmm0, (%ecx)
	#NO_APP
	leal	16(%eax), %edx
	leal	16(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	32(%eax), %edx
	leal	32(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	48(%eax), %edx
	leal	48(%ecx), %esi
	addl	$52, %eax
	addl	$52, %ecx
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	popl	%esi
	popl	%edi
	retl

# fixed_64
	pushl	%edi
	pushl	%esi
	movl	12(%esp), %ecx
	movl	16(%esp), %eax
	testb	$15, %cl
	je	.L0
	#APP
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	leal	4(%eax), %edx
	leal	4(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	8(%eax), %edx
	leal	8(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	12(%eax), %edx
	leal	12(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	16(%eax), %edx
	leal	16(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	20(%eax), %edx
	leal	20(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	24(%eax), %edx
	leal	24(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	28(%eax), %edx
	leal	28(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	32(%eax), %edx
	leal	32(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	36(%eax), %edx
	leal	36(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	40(%eax), %edx
	leal	40(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	44(%eax), %edx
	leal	44(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	48(%eax), %edx
	leal	48(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	52(%eax), %edx
	leal	52(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	56(%eax), %edx
	leal	56(%ecx), %esi
	addl	$60, %eax
	addl	$60, %ecx
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	popl	%esi
	popl	%edi
	retl
.L0:
	#APP
	movq	(%eax), %xmm0
	movhps	8(%eax), %xmm0
	movntdq	%xmm0, (%ecx)
	#NO_APP
	leal	16(%eax), %edx
	leal	16(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	32(%eax), %edx
	leal	32(%ecx), %esi
	addl	$48, %eax
	addl	$48, %ecx
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	movq	(%eax), %xmm0
	movhps	8(%eax), %xmm0
	movntdq	%xmm0, (%ecx)
	#NO_APP
	popl	%esi
	popl	%edi
	retl

# fixed_80
	pushl	%edi
	pushl	%esi
	movl	12(%esp), %ecx
	movl	16(%esp), %eax
	testb	$15, %cl
	je	.L0
	#APP
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	leal	4(%eax), %edx
	leal	4(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	8(%eax), %edx
	leal	8(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	12(%eax), %edx
	leal	12(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	16(%eax), %edx
	leal	16(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	20(%eax), %edx
	leal	20(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	24(%eax), %edx
	leal	24(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	28(%eax), %edx
	leal	28(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	32(%eax), %edx
	leal	32(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	36(%eax), %edx
	leal	36(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	40(%eax), %edx
	leal	40(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	44(%eax), %edx
	leal	44(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	48(%eax), %edx
	leal	48(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	52(%eax), %edx
	leal	52(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	56(%eax), %edx
	leal	56(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	60(%eax), %edx
	leal	60(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	64(%eax), %edx
	leal	64(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	68(%eax), %edx
	leal	68(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	72(%eax), %edx
	leal	72(%ecx), %esi
	addl	$76, %eax
	addl	$76, %ecx
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	popl	%esi
	popl	%edi
	retl
.L0:
	#APP
	movq	(%eax), %xmm0
	movhps	8(%eax), %xmm0
	movntdq	%xmm0, (%ecx)
	#NO_APP
	leal	16(%eax), %edx
	leal	16(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	32(%eax), %edx
	leal	32(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	48(%eax), %edx
	leal	48(%ecx), %esi
	addl	$64, %eax
	addl	$64, %ecx
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	movq	(%eax), %xmm0
	movhps	8(%eax), %xmm0
	movntdq	%xmm0, (%ecx)
	#NO_APP
	popl	%esi
	popl	%edi
	retl

# fixed_96
	pushl	%edi
	pushl	%esi
	movl	12(%esp), %ecx
	movl	16(%esp), %eax
	testb	$15, %cl
	je	.L0
	#APP
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	leal	4(%eax), %edx
	leal	4(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	8(%eax), %edx
	leal	8(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	12(%eax), %edx
	leal	12(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	16(%eax), %edx
	leal	16(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	20(%eax), %edx
	leal	20(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	24(%eax), %edx
	leal	24(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	28(%eax), %edx
	leal	28(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	32(%eax), %edx
	leal	32(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	36(%eax), %edx
	leal	36(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	40(%eax), %edx
	leal	40(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	44(%eax), %edx
	leal	44(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	48(%eax), %edx
	leal	48(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	52(%eax), %edx
	leal	52(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	56(%eax), %edx
	leal	56(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	60(%eax), %edx
	leal	60(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	64(%eax), %edx
	leal	64(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	68(%eax), %edx
	leal	68(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	72(%eax), %edx
	leal	72(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	76(%eax), %edx
	leal	76(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	80(%eax), %edx
	leal	80(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	84(%eax), %edx
	leal	84(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	88(%eax), %edx
	leal	88(%ecx), %esi
	addl	$92, %eax
	addl	$92, %ecx
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	popl	%esi
	popl	%edi
	retl
.L0:
	#APP
	movq	(%eax), %xmm0
	movhps	8(%eax), %xmm0
	movntdq	%xmm0, (%ecx)
	#NO_APP
	leal	16(%eax), %edx
	leal	16(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	32(%eax), %edx
	leal	32(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	48(%eax), %edx
	leal	48(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	64(%eax), %edx
	leal	64(%ecx), %esi
	addl	$80, %eax
	addl	$80, %ecx
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	movq	(%eax), %xmm0
	movhps	8(%eax), %xmm0
	movntdq	%xmm0, (%ecx)
	#NO_APP
	popl	%esi
	popl	%edi
	retl

# fixed_128
	pushl	%edi
	pushl	%esi
	movl	12(%esp), %ecx
	movl	16(%esp), %eax
	testb	$15, %cl
	je	.L0
	#APP
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	leal	4(%eax), %edx
	leal	4(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	8(%eax), %edx
	leal	8(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	12(%eax), %edx
	leal	12(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	16(%eax), %edx
	leal	16(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	20(%eax), %edx
	leal	20(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	24(%eax), %edx
	leal	24(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	28(%eax), %edx
	leal	28(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	32(%eax), %edx
	leal	32(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	36(%eax), %edx
	leal	36(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	40(%eax), %edx
	leal	40(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	44(%eax), %edx
	leal	44(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	48(%eax), %edx
	leal	48(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	52(%eax), %edx
	leal	52(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	56(%eax), %edx
	leal	56(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	60(%eax), %edx
	leal	60(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	64(%eax), %edx
	leal	64(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	68(%eax), %edx
	leal	68(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	72(%eax), %edx
	leal	72(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	76(%eax), %edx
	leal	76(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	80(%eax), %edx
	leal	80(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	84(%eax), %edx
	leal	84(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	88(%eax), %edx
	leal	88(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	92(%eax), %edx
	leal	92(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	96(%eax), %edx
	leal	96(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	100(%eax), %edx
	leal	100(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	104(%eax), %edx
	leal	104(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	108(%eax), %edx
	leal	108(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	112(%eax), %edx
	leal	112(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	116(%eax), %edx
	leal	116(%ecx), %esi
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	#NO_APP
	leal	120(%eax), %edx
	leal	120(%ecx), %esi
	addl	$124, %eax
	addl	$124, %ecx
	#APP
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	movl	(%eax), %edx
	movntil	%edx, (%ecx)
	#NO_APP
	popl	%esi
	popl	%edi
	retl
.L0:
	#APP
	movq	(%eax), %xmm0
	movhps	8(%eax), %xmm0
	movntdq	%xmm0, (%ecx)
	#NO_APP
	leal	16(%eax), %edx
	leal	16(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	32(%eax), %edx
	leal	32(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	48(%eax), %edx
	leal	48(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	64(%eax), %edx
	leal	64(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	80(%eax), %edx
	leal	80(%ecx), %esi
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	#NO_APP
	leal	96(%eax), %edx
	leal	96(%ecx), %esi
	addl	$112, %eax
	addl	$112, %ecx
	#APP
	movq	(%edx), %xmm0
	movhps	8(%edx), %xmm0
	movntdq	%xmm0, (%esi)
	movq	(%eax), %xmm0
	movhps	8(%eax), %xmm0
	movntdq	%xmm0, (%ecx)
	#NO_APP
	popl	%esi
	popl	%edi
	retl
