# memcpy_streaming_s390x::mvcl::copy_lines
	stmg	%r12, %r15, 96(%r15)
	cgije	%r4, 0, .L2
	lgr	%r0, %r4
	lgr	%r1, %r3
	lgr	%r14, %r2
	lghi	%r13, 0
	j	.L1
.L0:
	sllg	%r4, %r13, 6
	sllg	%r3, %r12, 6
	lgr	%r2, %r14
	agr	%r2, %r4
	agr	%r4, %r1
	lgr	%r5, %r3
	oilh	%r5, 45056
	#APP
	mvcl	%r2, %r4
	#NO_APP
	la	%r13, 0(%r13,%r12)
	clgrjhe	%r13, %r0, .L2
.L1:
	lgr	%r12, %r0
	sgr	%r12, %r13
	clgfi	%r12, 262143
	jl	.L0
	lgfi	%r12, 262143
	j	.L0
.L2:
	lmg	%r12, %r15, 96(%r15)
	br	%r14
