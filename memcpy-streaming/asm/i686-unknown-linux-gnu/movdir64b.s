# memcpy_streaming_x86::movdir64b::copy_lines
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
	movdir64b	(%edx), %esi
	addl	$64, %edx
	addl	$64, %esi
	decl	%eax
	jne	.L0
.L1:
	#NO_APP
	popl	%esi
	retl

# memcpy_streaming_x86::movdir64b::fill_lines
	movl	12(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	8(%esp), %ecx
	movl	4(%esp), %edx
.L0:
	#APP
	movdir64b	(%ecx), %edx
	addl	$64, %edx
	decl	%eax
	jne	.L0
.L1:
	#NO_APP
	retl
