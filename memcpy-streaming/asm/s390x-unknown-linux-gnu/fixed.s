# fixed_8
	lg	%r0, 0(%r3)
	stg	%r0, 0(%r2)
	br	%r14

# fixed_56
	mvc	0(56,%r2), 0(%r3)
	br	%r14

# fixed_64
	mvc	0(64,%r2), 0(%r3)
	br	%r14

# fixed_80
	mvc	0(80,%r2), 0(%r3)
	br	%r14

# fixed_96
	mvc	0(96,%r2), 0(%r3)
	br	%r14

# fixed_128
	mvc	0(128,%r2), 0(%r3)
	br	%r14
