# memcpy_streaming_x86::movnti::copy_lines
	testq	%rdx, %rdx
	je	.L1
.L0:
	#APP
	prefetcht0	(%rsi,%rcx)
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	movq	8(%rsi), %rax
	movntiq	%rax, 8(%rdi)
	movq	16(%rsi), %rax
	movntiq	%rax, 16(%rdi)
	movq	24(%rsi), %rax
	movntiq	%rax, 24(%rdi)
	movq	32(%rsi), %rax
	movntiq	%rax, 32(%rdi)
	movq	40(%rsi), %rax
	movntiq	%rax, 40(%rdi)
	movq	48(%rsi), %rax
	movntiq	%rax, 48(%rdi)
	movq	56(%rsi), %rax
	movntiq	%rax, 56(%rdi)
	addq	$64, %rsi
	addq	$64, %rdi
	decq	%rdx
	jne	.L0
.L1:
	#NO_APP
	retq

# memcpy_streaming_x86::movnti::fill_lines
	testq	%rdx, %rdx
	je	.L1
.L0:
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	movq	8(%rsi), %rax
	movntiq	%rax, 8(%rdi)
	movq	16(%rsi), %rax
	movntiq	%rax, 16(%rdi)
	movq	24(%rsi), %rax
	movntiq	%rax, 24(%rdi)
	movq	32(%rsi), %rax
	movntiq	%rax, 32(%rdi)
	movq	40(%rsi), %rax
	movntiq	%rax, 40(%rdi)
	movq	48(%rsi), %rax
	movntiq	%rax, 48(%rdi)
	movq	56(%rsi), %rax
	movntiq	%rax, 56(%rdi)
	addq	$64, %rdi
	decq	%rdx
	jne	.L0
.L1:
	#NO_APP
	retq
