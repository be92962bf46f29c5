# fixed_8
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	retq

# fixed_56
	testb	$15, %dil
	je	.L0
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
.L0:
	#APP
	movq	(%rsi), %xmm0
	movhps	8(%rsi), %xmm0
	movntdq	%xmm0, (%rdi)
	#NO_APP
	leaq	16(%rsi), %rax
	leaq	16(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	leaq	32(%rsi), %rax
	leaq	32(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	addq	$48, %rsi
	addq	$48, %rdi
	#APP
	movq	(%rsi), %rax
	movntiq	%rax, (%rdi)
	#NO_APP
	retq

# fixed_64
	testb	$15, %dil
	je	.L0
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
.L0:
	#APP
	movq	(%rsi), %xmm0
	movhps	8(%rsi), %xmm0
	movntdq	%xmm0, (%rdi)
	#NO_APP
	leaq	16(%rsi), %rax
	leaq	16(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	leaq	32(%rsi), %rax
	leaq	32(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	addq	$48, %rsi
	addq	$48, %rdi
	#APP
	movq	(%rsi), %xmm0
	movhps	8(%rsi), %xmm0
	movntdq	%xmm0, (%rdi)
	#NO_APP
	retq

# fixed_80
	testb	$15, %dil
	je	.L0
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
.L0:
	#APP
	movq	(%rsi), %xmm0
	movhps	8(%rsi), %xmm0
	movntdq	%xmm0, (%rdi)
	#NO_APP
	leaq	16(%rsi), %rax
	leaq	16(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	leaq	32(%rsi), %rax
	leaq	32(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	leaq	48(%rsi), %rax
	leaq	48(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	addq	$64, %rsi
	addq	$64, %rdi
	#APP
	movq	(%rsi), %xmm0
	movhps	8(%rsi), %xmm0
	movntdq	%xmm0, (%rdi)
	#NO_APP
	retq

# fixed_96
	testb	$15, %dil
	je	.L0
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
.L0:
	#APP
	movq	(%rsi), %xmm0
	movhps	8(%rsi), %xmm0
	movntdq	%xmm0, (%rdi)
	#NO_APP
	leaq	16(%rsi), %rax
	leaq	16(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	leaq	32(%rsi), %rax
	leaq	32(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	leaq	48(%rsi), %rax
	leaq	48(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	leaq	64(%rsi), %rax
	leaq	64(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	addq	$80, %rsi
	addq	$80, %rdi
	#APP
	movq	(%rsi), %xmm0
	movhps	8(%rsi), %xmm0
	movntdq	%xmm0, (%rdi)
	#NO_APP
	retq

# fixed_128
	testb	$15, %dil
	je	.L0
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
.L0:
	#APP
	movq	(%rsi), %xmm0
	movhps	8(%rsi), %xmm0
	movntdq	%xmm0, (%rdi)
	#NO_APP
	leaq	16(%rsi), %rax
	leaq	16(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	leaq	32(%rsi), %rax
	leaq	32(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	leaq	48(%rsi), %rax
	leaq	48(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	leaq	64(%rsi), %rax
	leaq	64(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	leaq	80(%rsi), %rax
	leaq	80(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	leaq	96(%rsi), %rax
	leaq	96(%rdi), %rcx
	#APP
	movq	(%rax), %xmm0
	movhps	8(%rax), %xmm0
	movntdq	%xmm0, (%rcx)
	#NO_APP
	addq	$112, %rsi
	addq	$112, %rdi
	#APP
	movq	(%rsi), %xmm0
	movhps	8(%rsi), %xmm0
	movntdq	%xmm0, (%rdi)
	#NO_APP
	retq
