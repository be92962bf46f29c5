# fixed_8
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	retq

# fixed_56
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	leaq	8(%rsi), %rax
	leaq	8(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	16(%rsi), %rax
	leaq	16(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	24(%rsi), %rax
	leaq	24(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	32(%rsi), %rax
	leaq	32(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	40(%rsi), %rax
	leaq	40(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	addq	$48, %rsi
	addq	$48, %rdi
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	retq

# fixed_64
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	leaq	8(%rsi), %rax
	leaq	8(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	16(%rsi), %rax
	leaq	16(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	24(%rsi), %rax
	leaq	24(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	32(%rsi), %rax
	leaq	32(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	40(%rsi), %rax
	leaq	40(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	48(%rsi), %rax
	leaq	48(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	addq	$56, %rsi
	addq	$56, %rdi
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	retq

# fixed_80
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	leaq	8(%rsi), %rax
	leaq	8(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	16(%rsi), %rax
	leaq	16(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	24(%rsi), %rax
	leaq	24(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	32(%rsi), %rax
	leaq	32(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	40(%rsi), %rax
	leaq	40(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	48(%rsi), %rax
	leaq	48(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	56(%rsi), %rax
	leaq	56(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	64(%rsi), %rax
	leaq	64(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	addq	$72, %rsi
	addq	$72, %rdi
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	retq

# fixed_96
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	leaq	8(%rsi), %rax
	leaq	8(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	16(%rsi), %rax
	leaq	16(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	24(%rsi), %rax
	leaq	24(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	32(%rsi), %rax
	leaq	32(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	40(%rsi), %rax
	leaq	40(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	48(%rsi), %rax
	leaq	48(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	56(%rsi), %rax
	leaq	56(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	64(%rsi), %rax
	leaq	64(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	72(%rsi), %rax
	leaq	72(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	80(%rsi), %rax
	leaq	80(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	addq	$88, %rsi
	addq	$88, %rdi
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	retq

# fixed_128
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	leaq	8(%rsi), %rax
	leaq	8(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	16(%rsi), %rax
	leaq	16(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	24(%rsi), %rax
	leaq	24(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	32(%rsi), %rax
	leaq	32(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	40(%rsi), %rax
	leaq	40(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	48(%rsi), %rax
	leaq	48(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	56(%rsi), %rax
	leaq	56(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	64(%rsi), %rax
	leaq	64(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	72(%rsi), %rax
	leaq	72(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	80(%rsi), %rax
	leaq	80(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	88(%rsi), %rax
	leaq	88(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	96(%rsi), %rax
	leaq	96(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	104(%rsi), %rax
	leaq	104(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	leaq	112(%rsi), %rax
	leaq	112(%rdi), %rcx
	#APP
	movq	(%rax), %rdx
	movntiq	%rdx, (%rcx)
	#NO_APP
	addq	$120, %rsi
	addq	$120, %rdi
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	retq
