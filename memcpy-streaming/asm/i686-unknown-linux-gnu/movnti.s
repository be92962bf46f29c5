# memcpy_streaming_x86::movnti::copy_lines
	pushl	%edi
	pushl	%esi
	movl	20(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	24(%esp), %ecx
	movl	16(%esp), %edx
	movl	12(%esp), %esi
.L0:
	#APP
	prefetcht0	(%edx,%ecx)
	movl	(%edx), %edi
	movntil	%edi, (%esi)
	movl	4(%edx), %edi
	movntil	%edi, 4(%esi)
	movl	8(%edx), %edi
	movntil	%edi, 8(%esi)
	movl	12(%edx), %edi
	movntil	%edi, 12(%esi)
	movl	16(%edx), %edi
	movntil	%edi, 16(%esi)
	movl	20(%edx), %edi
	movntil	%edi, 20(%esi)
	movl	24(%edx), %edi
	movntil	%edi, 24(%esi)
	movl	28(%edx), %edi
	movntil	%edi, 28(%esi)
	movl	32(%edx), %edi
	movntil	%edi, 32(%esi)
	movl	36(%edx), %edi
	movntil	%edi, 36(%esi)
	movl	40(%edx), %edi
	movntil	%edi, 40(%esi)
	movl	44(%edx), %edi
	movntil	%edi, 44(%esi)
	movl	48(%edx), %edi
	movntil	%edi, 48(%esi)
	movl	52(%edx), %edi
	movntil	%edi, 52(%esi)
	movl	56(%edx), %edi
	movntil	%edi, 56(%esi)
	movl	60(%edx), %edi
	movntil	%edi, 60(%esi)
	addl	$64, %edx
	addl	$64, %esi
	decl	%eax
	jne	.L0
.L1:
	#NO_APP
	popl	%esi
	popl	%edi
	retl

# memcpy_streaming_x86::movnti::fill_lines
	pushl	%esi
	movl	16(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	12(%esp), %ecx
	movl	8(%esp), %edx
.L0:
	#APP
	movl	(%ecx), %esi
	movntil	%esi, (%edx)
	movl	4(%ecx), %esi
	movntil	%esi, 4(%edx)
	movl	8(%ecx), %esi
	movntil	%esi, 8(%edx)
	movl	12(%ecx), %esi
	movntil	%esi, 12(%edx)
	movl	16(%ecx), %esi
	movntil	%esi, 16(%edx)
	movl	20(%ecx), %esi
	movntil	%esi, 20(%edx)
	movl	24(%ecx), %esi
	movntil	%esi, 24(%edx)
	movl	28(%ecx), %esi
	movntil	%esi, 28(%edx)
	movl	32(%ecx), %esi
	movntil	%esi, 32(%edx)
	movl	36(%ecx), %esi
	movntil	%esi, 36(%edx)
	movl	40(%ecx), %esi
	movntil	%esi, 40(%edx)
	movl	44(%ecx), %esi
	movntil	%esi, 44(%edx)
	movl	48(%ecx), %esi
	movntil	%esi, 48(%edx)
	movl	52(%ecx), %esi
	movntil	%esi, 52(%edx)
	movl	56(%ecx), %esi
	movntil	%esi, 56(%edx)
	movl	60(%ecx), %esi
	movntil	%esi, 60(%edx)
	addl	$64, %edx
	decl	%eax
	jne	.L0
.L1:
	#NO_APP
	popl	%esi
	retl
