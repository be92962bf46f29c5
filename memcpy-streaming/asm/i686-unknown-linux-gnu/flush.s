# memcpy_streaming_x86::flush::clwb
	movl	8(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	4(%esp), %ecx
.L0:
	#APP
	clwb	(%ecx)
	addl	$64, %ecx
	decl	%eax
	jne	.L0
.L1:
	#NO_APP
	retl

# memcpy_streaming_x86::flush::clflushopt
	movl	8(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	4(%esp), %ecx
.L0:
	#APP
	clflushopt	(%ecx)
	addl	$64, %ecx
	decl	%eax
	jne	.L0
.L1:
	#NO_APP
	retl

# memcpy_streaming_x86::flush::clflush
	movl	8(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	4(%esp), %ecx
.L0:
	#APP
	clflush	(%ecx)
	addl	$64, %ecx
	decl	%eax
	jne	.L0
.L1:
	#NO_APP
	retl
