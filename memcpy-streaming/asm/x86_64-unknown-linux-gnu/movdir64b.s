# memcpy_streaming_x86::movdir64b::copy_lines
	testq	%rdx, %rdx
	je	.L1
.L0:
	#APP
	prefetcht0	(%rsi,%rcx)
	movdir64b	(%rsi), %rdi
	addq	$64, %rsi
	addq	$64, %rdi
	decq	%rdx
	jne	.L0
.L1:
	#NO_APP
	retq

# memcpy_streaming_x86::movdir64b::fill_lines
	testq	%rdx, %rdx
	je	.L1
.L0:
	#APP
	movdir64b	(%rsi), %rdi
	addq	$64, %rdi
	decq	%rdx
	jne	.L0
.L1:
	#NO_APP
	retq
