# memcpy_streaming_x86::flush::clwb
	testq	%rsi, %rsi
	je	.L1
.L0:
	#APP
	clwb	(%rdi)
	addq	$64, %rdi
	decq	%rsi
	jne	.L0
.L1:
	#NO_APP
	retq

# memcpy_streaming_x86::flush::clflushopt
	testq	%rsi, %rsi
	je	.L1
.L0:
	#APP
	clflushopt	(%rdi)
	addq	$64, %rdi
	decq	%rsi
	jne	.L0
.L1:
	#NO_APP
	retq

# memcpy_streaming_x86::flush::clflush
	testq	%rsi, %rsi
	je	.L1
.L0:
	#APP
	clflush	(%rdi)
	addq	$64, %rdi
	decq	%rsi
	jne	.L0
.L1:
	#NO_APP
	retq
