# memcpy_streaming_x86::units::copy_u8
	pushl	%ebx
	pushl	%esi
	movl	24(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	20(%esp), %ecx
	movl	16(%esp), %edx
	movl	12(%esp), %esi
.L0:
	#APP
	movb	(%edx), %bl
	movb	%bl, (%esi)
	addl	%ecx, %edx
	addl	$1, %esi
	decl	%eax
	jne	.L0
.L1:
	#NO_APP
	popl	%esi
	popl	%ebx
	retl

# memcpy_streaming_x86::units::copy_u16
	pushl	%edi
	pushl	%esi
	movl	24(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	20(%esp), %ecx
	movl	16(%esp), %edx
	movl	12(%esp), %esi
.L0:
	#APP
	movw	(%edx), %di
	movw	%di, (%esi)
	addl	%ecx, %edx
	addl	$2, %esi
	decl	%eax
	jne	.L0
.L1:
	#NO_APP
	popl	%esi
	popl	%edi
	retl

# memcpy_streaming_x86::units::copy_u32
	pushl	%edi
	pushl	%esi
	movl	24(%esp), %eax
	testl	%eax, %eax
	je	.L1
	movl	20(%esp), %ecx
	movl	16(%esp), %edx
	movl	12(%esp), %esi
.L0:
	#APP
	movl	(%edx), %edi
	movl	%edi, (%esi)
	addl	%ecx, %edx
	addl	$4, %esi
	decl	%eax
	jne	.L0
.L1:
	#NO_APP
	popl	%esi
	popl	%edi
	retl
