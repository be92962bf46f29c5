# memcpy_streaming_x86::units::copy_u8
	testq	%rcx, %rcx
	je	.L1
.L0:
	#APP
	movb	(%rsi), %al
	movb	%al, (%rdi)
	addq	%rdx, %rsi
	addq	$1, %rdi
	decq	%rcx
	jne	.L0
.L1:
	#NO_APP
	retq

# memcpy_streaming_x86::units::copy_u16
	testq	%rcx, %rcx
	je	.L1
.L0:
	#APP
	movw	(%rsi), %ax
	movw	%ax, (%rdi)
	addq	%rdx, %rsi
	addq	$2, %rdi
	decq	%rcx
	jne	.L0
.L1:
	#NO_APP
	retq

# memcpy_streaming_x86::units::copy_u32
	testq	%rcx, %rcx
	je	.L1
.L0:
	#APP
	movl	(%rsi), %eax
	movl	%eax, (%rdi)
	addq	%rdx, %rsi
	addq	$4, %rdi
	decq	%rcx
	jne	.L0
.L1:
	#NO_APP
	retq

# memcpy_streaming_x86::units::copy_u64
	testq	%rcx, %rcx
	je	.L1
.L0:
	#APP
	movq	(%rsi), %rax
	movq	%rax, (%rdi)
	addq	%rdx, %rsi
	addq	$8, %rdi
	decq	%rcx
	jne	.L0
.L1:
	#NO_APP
	retq
